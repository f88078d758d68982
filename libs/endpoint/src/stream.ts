/** Whether a request or a response is a stream of messages. */
export function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/**
 * Runs a call and says once when it is over: with its failure, or with nothing. A message is over when it is there,
 * a stream when its last item is taken, when it fails, or when its reader stops.
 */
export function settle<Res>(call: () => Promise<Res>, over: (error?: unknown) => void): Promise<Res> {
  return begin(call).then(
    (response) => {
      // What comes back is read as the stream that went in.
      if (isStream(response)) return watched(response, over) as Res;
      over();
      return response;
    },
    (error: unknown) => {
      over(error);
      throw error;
    },
  );
}

/** Makes a call that rejects where it would throw, as in an async function, for less. */
export function begin<Res>(call: () => Promise<Res>): Promise<Res> {
  try {
    return call();
  } catch (error) {
    return rejected(error);
  }
}

async function rejected(error: unknown): Promise<never> {
  throw error;
}

function watched<T>(stream: AsyncIterable<T>, tell: (error?: unknown) => void): AsyncIterable<T> {
  let isOver = false;
  const over = (error?: unknown): void => {
    if (!isOver) tell(error);
    isOver = true;
  };
  return {
    [Symbol.asyncIterator]() {
      const items = stream[Symbol.asyncIterator]();
      return {
        async next() {
          try {
            const item = await items.next();
            if (item.done === true) over();
            return item;
          } catch (error) {
            over(error);
            throw error;
          }
        },
        async return() {
          over();
          await items.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
