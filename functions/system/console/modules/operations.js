// What the API document says: which operations there are, who may call them, and what they take.

let spec = null

/** Read the document once. */
export async function load() {
  spec ??= await (await fetch(new URL("openapi.json", document.baseURI))).json()
  return spec
}

const METHODS = ["get", "post", "put", "patch", "delete"]

/** Return every operation that somebody with these permissions may call and students may not. */
export function administering(permissions) {
  const found = []
  for (const [path, methods] of Object.entries(spec.paths)) {
    for (const method of METHODS.filter((each) => methods[each])) {
      const operation = methods[method]
      const access = operation["x-access"] ?? {}
      const isStaffs = access.rule === "permission" && !access.roles.includes("student")
      if (!isStaffs || !permissions.includes(access.permission) || operation["x-alias-of"]) continue
      found.push({
        id: operation.operationId, domain: operation.tags[0], method: method.toUpperCase(), path, summary: operation.summary.replace(/`/g, ""),
        description: operation.description, parameters: operation.parameters ?? [], body: bodyOf(operation),
      })
    }
  }
  return found
}

/** Return an operation that is on a path for everybody, None where there is no such. */
export const has = (path, method = "get") => Boolean(spec.paths[path]?.[method])

function bodyOf(operation) {
  const content = operation.requestBody?.content?.["application/json"]
  return content ? { schema: content.schema, isRequired: operation.requestBody.required } : null
}

/** Follow references, and leave out the choice of nothing at all: `X or null` is `X`. */
export function resolve(schema = {}) {
  let found = schema
  while (found.$ref) {
    const { $ref, ...own } = found
    found = { ...$ref.split("/").slice(1).reduce((at, part) => at[part], spec), ...own }
  }
  const choices = (found.anyOf ?? found.oneOf ?? []).filter((each) => each.type !== "null")
  if (choices.length === 1) return { ...resolve(choices[0]), ...without(found), isNullable: true }
  return found
}

const without = ({ anyOf, oneOf, ...rest }) => rest

/** Return the parameters of a kind, without those that a browser or this page sends by itself. */
export const parametersOf = (operation, place) => operation.parameters.filter((each) => each.in === place && !["cursor", "fields"].includes(each.name))

/** Return the names that a path asks for. */
export const namesIn = (path) => [...path.matchAll(/\{(\w+)\}/g)].map((found) => found[1])

/** Say whether an operation lists or shows something without being told what. */
export const isOpen = (operation) => operation.method === "GET" && namesIn(operation.path).length === 0

const GRAVE = /suspend|purge|revoke|reject|retire|redrive|hold|reset|cancel|lift|role|end$|stop/i

/** Say whether somebody is asked before an operation is done. */
export const isGrave = (operation) => operation.method === "DELETE" || (operation.method !== "GET" && GRAVE.test(operation.path + operation.id))

/** Return what may be done with a row of a list: operations that name what the row is. */
export function actionsOn(row, listed, all) {
  return all.filter((each) => {
    const names = namesIn(each.path)
    const isNear = each.path.startsWith(`${listed.path}/`) || each.domain === listed.domain
    return names.length > 0 && isNear && names.every((name) => row[name] !== undefined && typeof row[name] !== "object")
  })
}
