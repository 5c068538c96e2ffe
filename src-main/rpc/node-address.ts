/** Where a node is served as channels take it: `host:port`, an IPv6 host in brackets. */
export function nodeAddress({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${String(port)}`
}
