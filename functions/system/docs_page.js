// The documentation page: an operation is found by any of its words: path, method, summary, description, name, domain.
const found = (operation, tag, words) => {
  const said = operation.get("operation")
  const text = [tag, operation.get("method"), operation.get("path"), said.get("operationId"), said.get("summary"), said.get("description")]
  const all = text.join(" ").toLowerCase()
  return words.every((word) => all.includes(word))
}
const search = () => ({
  fn: {
    opsFilter: (tagged, phrase) => {
      const words = phrase.toLowerCase().split(/\s+/).filter(Boolean)
      return tagged
        .map((group, tag) => group.set("operations", group.get("operations").filter((each) => found(each, tag, words))))
        .filter((group) => group.get("operations").size > 0)
    },
  },
})
window.docs = SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  displayOperationId: true,
  docExpansion: "none",
  filter: true,
  persistAuthorization: false,
  plugins: [search],
  tryItOutEnabled: true,
  validatorUrl: null,
})
