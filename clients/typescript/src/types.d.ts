// What the generated operations make of calls: which parts each takes, and what it returns.
import type { Operations } from "../generated/api.js";
import type { LyceumError } from "./errors.js";
import type { Asked } from "./requests.js";

export type OperationId = keyof Operations;

type Own = Omit<Asked, "path" | "query" | "body">;
type Parts<K extends OperationId> = Omit<Operations[K], "answer">;

/** What an operation is called with: its own parts, and how it is to be sent. */
export type Call<K extends OperationId> = Parts<K> & Own;

type NeedsNothing<K extends OperationId> = {} extends Parts<K> ? true : false;

/** The arguments after the operation's name; none are needed where the operation needs none. */
export type Given<K extends OperationId, A> = NeedsNothing<K> extends true ? [asked?: A] : [asked: A];

type Whole<K extends OperationId> = Operations[K]["answer"];
type Unwrapped<W> = W extends { success: true; data: infer D } ? D : W;

/** The data of an answer, of which nothing is promised when only some `fields` were asked for. */
export type DataOf<K extends OperationId, A = {}> = A extends { query: { fields: string } }
  ? PartOf<Unwrapped<Whole<K>>>
  : Unwrapped<Whole<K>>;

export type PartOf<T> = T extends (infer I)[] ? PartOf<I>[] : T extends object ? { [N in keyof T]?: PartOf<T[N]> } : T;

/** Operations that answer with a list, page by page. */
export type ListId = {
  [K in OperationId]: Whole<K> extends { data: unknown[]; pagination: unknown } ? K : never;
}[OperationId];

export type ItemOf<K extends ListId> = Unwrapped<Whole<K>> extends (infer I)[] ? I : never;

export interface Pagination {
  hasNext: boolean;
  nextCursor?: string;
  limit: number;
}

/**
 * All of an answer.
 *
 * - `isStale`: it was read before, and there is no line now.
 * - `isReplayed`: the act was done by an earlier sending of the same request.
 */
export interface Answer<D> {
  status: number;
  data: D;
  pagination?: Pagination;
  meta?: { requestId?: string; timestamp?: string };
  etag?: string;
  isStale: boolean;
  isReplayed?: boolean;
}

export type BatchedCall = {
  [K in OperationId]: { operation: K } & Parts<K> & Pick<Asked, "key" | "ifMatch" | "isSafe">;
}[OperationId];

export type BatchResults<R extends readonly BatchedCall[]> = {
  [I in keyof R]:
    | { status: number; data: DataOf<R[I]["operation"], R[I]>; pagination?: Pagination; etag?: string; error?: undefined }
    | { status: number; data?: undefined; error: LyceumError };
};
