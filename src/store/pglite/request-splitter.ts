// Cuts what a client of PostgreSQL sends into requests: all up to a message that the server answers.
// Source: the "Message Flow" and "Message Formats" chapters of PostgreSQL's protocol, version 3.

/** Simple query, sync, flush. */
const ENDS_REQUEST = new Set(['Q', 'S', 'H'].map((type) => type.charCodeAt(0)));
const TERMINATE = 'X'.charCodeAt(0);
const LENGTH_BYTES = 4;

export class RequestSplitter {
  private rest: Uint8Array = new Uint8Array(0);
  /** The first message of a connection, the only one without a type. */
  private started = false;

  /** The requests that are complete with this chunk. That the client says goodbye is no request. */
  add(chunk: Uint8Array): readonly Uint8Array[] {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const requests: Uint8Array[] = [];
    let begin = 0;
    for (let end = 0; ;) {
      const typeBytes = this.started ? 1 : 0;
      if (this.rest.length < end + typeBytes + LENGTH_BYTES) break;
      const type = this.started ? this.rest[end] : null;
      const view = new DataView(this.rest.buffer, this.rest.byteOffset, this.rest.byteLength);
      end += typeBytes + view.getUint32(end + typeBytes);
      if (this.rest.length < end) break;
      if (type === null || ENDS_REQUEST.has(type ?? 0)) {
        // A copy: the thread takes it away, and the client writes its next message into the same memory.
        requests.push(this.rest.slice(begin, end));
        begin = end;
        this.started = true;
      } else if (type === TERMINATE) begin = end;
    }
    this.rest = this.rest.slice(begin);
    return requests;
  }
}
