/**
 * Why a request to mage_jlab's server side failed: a sentence for people, a code for programs.
 */
export class RequestError extends Error {
  /**
   * @param message - what happened, as the server says it
   * @param reason - the stable code, such as `not-found`; `no-connection` when there was no answer
   * @param status - the HTTP status; 0 when there was no answer
   * @param body - the answer's JSON, where it has more to say than the sentence
   */
  constructor(
    message: string,
    readonly reason: string,
    readonly status: number,
    readonly body: unknown = null
  ) {
    super(message);
    this.name = 'RequestError';
  }

  /** Whether the server could not be reached at all. */
  get offline(): boolean {
    return this.status === 0;
  }
}

/** Give the sentence of anything that was thrown. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
