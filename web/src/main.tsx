import "graphiql/setup-workers/vite"
import "graphiql/style.css"
import "./style.css"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { Playground } from "./playground.js"

const place = document.getElementById("playground")
if (place === null) throw new Error("index.html: expected an element #playground, found none")
createRoot(place).render(
  <StrictMode>
    <Playground />
  </StrictMode>,
)
