declare module "presto-client" {
  export interface Column {
    readonly name: string
    readonly type: string
  }

  export interface ClientOptions {
    readonly host: string
    readonly port: number
    readonly user: string
    readonly catalog?: string
    readonly schema?: string
    readonly source?: string
    readonly ssl?: object
    readonly basic_auth?: { readonly user: string; readonly password: string }
    /** Between two questions for an answer's next part, in milliseconds. */
    readonly checkInterval?: number
    readonly jsonParser?: { parse(text: string): unknown }
    /** In seconds; 0: none. */
    readonly timeout?: number
  }

  export interface ExecuteOptions {
    readonly query: string
    readonly timezone?: string
    readonly timeout?: number
    /** Asked between two parts of an answer: true ends the query. */
    readonly cancel?: () => boolean
    readonly state?: (error: unknown, queryId: string, stats: object) => void
    readonly columns?: (error: unknown, columns: readonly Column[]) => void
    readonly data?: (
      error: unknown,
      rows: readonly (readonly unknown[])[],
      columns: readonly Column[],
      stats: object,
    ) => void
    readonly success: (error: unknown, stats: object) => void
    readonly error: (error: unknown) => void
  }

  export class Client {
    constructor(options: ClientOptions)
    execute(options: ExecuteOptions): void
    kill(queryId: string, callback?: (error: unknown) => void): void
  }
}

declare module "json-bigint" {
  function create(options: { readonly storeAsString: boolean }): { parse(text: string): unknown }
  export = create
}
