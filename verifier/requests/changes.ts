/** Who waits for which request, in this process. Another process's changes are found by looking again now and then. */
export interface Changes {
  notify(id: string): void;
  /** `look` is called after each change; the answer ends the watching. */
  watch(id: string, look: () => void): () => void;
}

export function createChanges(): Changes {
  const waiting = new Map<string, Set<() => void>>();
  return {
    notify(id) {
      for (const look of waiting.get(id) ?? []) look();
    },
    watch(id, look) {
      const looks = waiting.get(id) ?? new Set();
      waiting.set(id, looks.add(look));
      return () => {
        looks.delete(look);
        if (looks.size === 0 && waiting.get(id) === looks) waiting.delete(id);
      };
    },
  };
}
