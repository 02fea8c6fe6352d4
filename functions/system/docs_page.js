// The documentation page: an operation is found by any of its words: path, method, summary, description, name, domain.
const found = (operation, tag, words) => {
  const said = operation.get("operation")
  const text = [tag, operation.get("method"), operation.get("path"), said.get("operationId"), said.get("summary"), said.get("description")]
  const all = text.join(" ").toLowerCase()
  return words.every((word) => all.includes(word))
}
// What a new search has found stands open, until the reader closes it.
let searched = ""
const open = (phrase, tags) => {
  if (phrase === searched) return
  searched = phrase
  setTimeout(() => tags.forEach((tag) => window.docs.layoutActions.show(["operations-tag", tag], true)))
}
const search = () => ({
  fn: {
    opsFilter: (tagged, phrase) => {
      const words = phrase.toLowerCase().split(/\s+/).filter(Boolean)
      const shown = tagged
        .map((group, tag) => group.set("operations", group.get("operations").filter((each) => found(each, tag, words))))
        .filter((group) => group.get("operations").size > 0)
      open(phrase, shown.keySeq().toArray())
      return shown
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
