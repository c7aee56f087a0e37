declare module "json-bigint" {
  function create(options: { readonly storeAsString: boolean }): { parse(text: string): unknown }
  export = create
}
