import { describe, expect, test } from 'vitest';
import { Proto } from './proto.ts';

const text = `syntax = "proto3";

package shop.stock.v1; // message Not {}

import "buf/validate/validate.proto";
import "google/api/annotations.proto";

/* What is there: service Nowhere { rpc Nothing(A) returns (B); } */
service StockService {
  // Returns an item. {
  rpc GetItem(GetItemRequest) returns (Item) {
    option (google.api.http) = {
      get: "/v1/{name=items/*}"
      additional_bindings {get: '/v1/things/{name}'}
    };
    option idempotency_level = NO_SIDE_EFFECTS;
  } // one of many

  rpc Watch(stream GetItemRequest) returns (stream shop.stock.v1.Item);

  rpc Count(GetItemRequest) returns (Item) {
    option (google.api.http) = {post: "/v1/items:count" body: "*"};
  }
}

service AuditService {}

// An item.
message Item {
  // With a quote: \\" and a brace.
  string name = 1 [(buf.validate.field).string.pattern = "^items/[0-9a-f-]{36}$", deprecated = true];
  oneof kind {
    string of = 2 [(x).y = {a: "}"}];
  }
}

enum Size {
  SIZE_UNSPECIFIED = 0;
}
`;

const rpc = '// Moves an item.\nrpc MoveItem(MoveItemRequest) returns (Item);';
const message = '// Which item.\nmessage MoveItemRequest {}';

function stock(source = text): Proto {
  return new Proto('stock.proto', source);
}

describe('a contract is read', () => {
  test('with its services and types, whatever comments and texts say', () => {
    expect(stock().services).toEqual(['StockService', 'AuditService']);
    expect(stock().types).toEqual(['Item', 'Size']);
  });

  test('with its methods, their streams and all their routes', () => {
    expect(stock().methods('StockService')).toEqual([
      method('GetItem', {
        routes: [
          { verb: 'get', path: '/v1/{name=items/*}' },
          { verb: 'get', path: '/v1/things/{name}' },
        ],
      }),
      method('Watch', { output: 'shop.stock.v1.Item', isInputStream: true, isOutputStream: true }),
      method('Count', { routes: [{ verb: 'post', path: '/v1/items:count' }] }),
    ]);
    expect(stock().methods('AuditService')).toEqual([]);
    expect(stock().methods()).toHaveLength(3);
  });

  test('with what a field says in quotes', () => {
    expect(stock().textsOfField('Item', 'name')).toEqual(['^items/[0-9a-f-]{36}$']);
    expect(stock().textsOfField('Item', 'colour')).toEqual([]);
  });

  test.each(['message Item {', 'message Item {}}', 'import "one"'])('and refused when it is broken: %s', (broken) => {
    expect(() => stock(broken).types).toThrow(/stock\.proto cannot be read: .*npx buf lint/);
  });
});

describe('a contract is edited', () => {
  test('by a method at the end of a service and a message at the end of the file', () => {
    const proto = stock();

    proto.addMethod('StockService', rpc);
    proto.addType(message);

    expect(proto.text).toBe(
      text.replace(
        /(:count".*\n {2}\})/,
        '$1\n\n  // Moves an item.\n  rpc MoveItem(MoveItemRequest) returns (Item);',
      ) + `\n${message}\n`,
    );
  });

  test('by the first method of a service', () => {
    const proto = stock();

    proto.addMethod('AuditService', rpc);

    expect(proto.text).toContain(`service AuditService {\n  ${rpc.replace('\n', '\n  ')}\n}\n`);
  });

  test.each(['Item', 'Nowhere'])('only in a service that is there: %s', (name) => {
    expect(() => stock().addMethod(name, rpc)).toThrow('It has: StockService, AuditService.');
  });

  test.each([
    ['a/first.proto', 'import "a/first.proto";\nimport "buf/validate/validate.proto";'],
    ['buf/validate/zoo.proto', 'validate.proto";\nimport "buf/validate/zoo.proto";\nimport "google'],
    ['shop/last.proto', 'annotations.proto";\nimport "shop/last.proto";\n\n/*'],
  ])('by an import in its place: %s', (file, expected) => {
    const proto = stock();

    proto.import(file);
    proto.import(file);

    expect(proto.text).toContain(expected);
    expect(proto.text.split(file)).toHaveLength(2);
  });

  test('by the first import', () => {
    const proto = stock('syntax = "proto3";\n\npackage a; // here\n\nmessage B {}\n');

    proto.import('b.proto');

    expect(proto.text).toBe('syntax = "proto3";\n\npackage a; // here\n\nimport "b.proto";\n\nmessage B {}\n');
  });
});

function method(name: string, rest: object): object {
  return {
    name,
    service: 'StockService',
    input: 'GetItemRequest',
    output: 'Item',
    isInputStream: false,
    isOutputStream: false,
    routes: [],
    ...rest,
  };
}
