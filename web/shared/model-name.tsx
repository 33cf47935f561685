/** The name of a model as people know it, with its maker in small print above; its id is in the title. */
import type { IndexInfo } from 'signalbox';

/** Facts that an index has about a model beside its results. */
export type ModelRecord = NonNullable<IndexInfo['models'][number]['record']>;

export interface NamedModel {
  owner: string;
  name: string;
}

/** Returns maker and name by the index's record of the model, or else the parts of its id: before the last slash, and after. */
export function namedModel(id: string, record?: ModelRecord): NamedModel {
  const at = id.lastIndexOf('/');
  const [owner, name] = [id.slice(0, Math.max(at, 0)), id.slice(at + 1)];
  if (record?.displayName === undefined) return { owner, name };
  return { owner: record.maker ?? owner, name: record.displayName };
}

/** Without a record, the text is the whole id, with the slash for who copies or hears it. */
export function ModelName({ name: id, record }: { name: string; record?: ModelRecord | undefined }) {
  const { owner, name } = namedModel(id, record);
  return (
    <span class="model" title={record?.displayName === undefined ? undefined : id}>
      {owner !== '' && (
        <span class="model-owner">
          {owner}
          <span class="visually-hidden">{record?.displayName === undefined ? '/' : ' '}</span>
        </span>
      )}
      <span class="model-name">{name}</span>
    </span>
  );
}
