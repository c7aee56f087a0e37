import { GraphiQL } from "graphiql"
import { BuyButton } from "./buyButton.js"
import { ConnectionNote } from "./connection.js"
import { examples } from "./examples.js"
import { fetcher } from "./fetcher.js"

/** GraphiQL, with example tabs on the first visit; later visits show the visitor's own tabs again. */
export function Playground() {
  return (
    <>
      <GraphiQL
        fetcher={fetcher}
        defaultTabs={examples.map(query => ({ query }))}
        defaultEditorToolsVisibility={false}
      >
        <GraphiQL.Logo>Guildhall</GraphiQL.Logo>
        <GraphiQL.Toolbar>
          {({ prettify, copy, merge }) => (
            <>
              {prettify}
              {merge}
              {copy}
              <BuyButton />
            </>
          )}
        </GraphiQL.Toolbar>
      </GraphiQL>
      <ConnectionNote />
    </>
  )
}
