import { ToolbarButton } from "@graphiql/react"
import { useState } from "react"
import { ask } from "./ask.js"

/** Players of the demo world; they buy in turn. */
const BUYERS = ["alice", "bob", "carol", "dave", "erin"]

const SWORD = "dagger"

const BUY = `mutation ($input: BuySwordInput!) {
  buySword(input: $input) { purchase { price } refusal { message } }
}`

interface Bought {
  readonly buySword: {
    readonly purchase: { readonly price: number } | null
    readonly refusal: { readonly message: string } | null
  } | null
}

/**
 * Buys a sword while a subscription runs: a tab runs one operation at a time, and leaving it ends its
 * subscription. The button's label shows the result.
 */
export function BuyButton() {
  const [turn, setTurn] = useState(0)
  const [result, setResult] = useState("")
  const buyer = BUYERS[turn % BUYERS.length] ?? ""
  const buy = async () => {
    setTurn(turn + 1)
    setResult(await buySword(buyer))
  }
  return (
    <ToolbarButton
      label={`${result} Buy a ${SWORD} as ${buyer}, while a subscription runs`.trim()}
      onClick={buy}
    >
      <SwordIcon />
    </ToolbarButton>
  )
}

/** Buys one sword. Returns the result as text for people. */
async function buySword(playerId: string): Promise<string> {
  try {
    const { data, errors } = await ask<Bought>(BUY, { input: { playerId, swordType: SWORD } })
    const { purchase, refusal } = data?.buySword ?? {}
    if (purchase) return `${playerId} bought a ${SWORD} for ${purchase.price} gold.`
    return `${playerId} bought nothing: ${refusal?.message ?? errors?.[0]?.message ?? "no answer"}.`
  } catch (error) {
    return `The server was not reached: ${String(error)}.`
  }
}

function SwordIcon() {
  return (
    <svg className="graphiql-toolbar-icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" aria-hidden>
      <path d="M20 4v4L10.500 17.500l-4-4L16 4zM5 12l7 7M8.500 15.500 4 20" strokeWidth="1.500" />
    </svg>
  )
}
