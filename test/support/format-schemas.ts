const text = {
  type: 'object',
  required: ['text'],
  properties: {text: {type: 'string', minLength: 1}},
  additionalProperties: false,
}
const level = {enum: ['none', 'note', 'warning', 'error']}

/** The part of the schema of SARIF 2.1.0 that is used, with the limits of code scanning; anything else is forbidden. */
export const SARIF = {
  type: 'object',
  required: ['version', 'runs'],
  additionalProperties: false,
  properties: {
    $schema: {type: 'string', format: 'uri'},
    version: {const: '2.1.0'},
    runs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['tool'],
        additionalProperties: false,
        properties: {
          tool: {
            type: 'object',
            required: ['driver'],
            additionalProperties: false,
            properties: {
              driver: {
                type: 'object',
                required: ['name'],
                additionalProperties: false,
                properties: {
                  name: {type: 'string'},
                  version: {type: 'string', pattern: '[0-9]+(\\.[0-9]+){3}|^[0-9]+\\.[0-9]+\\.[0-9]+'},
                  semanticVersion: {type: 'string'},
                  rules: {
                    type: 'array',
                    uniqueItems: true,
                    items: {
                      type: 'object',
                      required: ['id'],
                      additionalProperties: false,
                      properties: {
                        id: {type: 'string'},
                        name: {type: 'string'},
                        shortDescription: text,
                        fullDescription: text,
                        help: text,
                        helpUri: {type: 'string', pattern: '^https://'},
                        defaultConfiguration: {type: 'object', properties: {level}, additionalProperties: false},
                        properties: {type: 'object'},
                      },
                    },
                  },
                },
              },
            },
          },
          automationDetails: {type: 'object', properties: {id: {type: 'string'}}, additionalProperties: false},
          columnKind: {enum: ['utf16CodeUnits', 'unicodeCodePoints']},
          invocations: {
            type: 'array',
            items: {
              type: 'object',
              required: ['executionSuccessful'],
              additionalProperties: false,
              properties: {
                executionSuccessful: {type: 'boolean'},
                endTimeUtc: {type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT.*Z$'},
                toolExecutionNotifications: {
                  type: 'array',
                  items: {
                    type: 'object',
                    required: ['message'],
                    additionalProperties: false,
                    properties: {level, message: text},
                  },
                },
              },
            },
          },
          results: {
            type: 'array',
            items: {
              type: 'object',
              required: ['message'],
              additionalProperties: false,
              properties: {
                ruleId: {type: 'string'},
                ruleIndex: {type: 'integer', minimum: 0},
                level,
                kind: {enum: ['notApplicable', 'pass', 'fail', 'review', 'open', 'informational']},
                message: text,
                locations: {
                  type: 'array',
                  items: {
                    type: 'object',
                    additionalProperties: false,
                    properties: {
                      physicalLocation: {
                        type: 'object',
                        additionalProperties: false,
                        properties: {
                          artifactLocation: {
                            type: 'object',
                            additionalProperties: false,
                            properties: {uri: {type: 'string', pattern: '^[\\w./%~-]+$'}},
                          },
                          region: {
                            type: 'object',
                            additionalProperties: false,
                            properties: {startLine: {type: 'integer', minimum: 1}},
                          },
                        },
                      },
                      logicalLocations: {
                        type: 'array',
                        items: {
                          type: 'object',
                          additionalProperties: false,
                          properties: {
                            name: {type: 'string'},
                            fullyQualifiedName: {type: 'string'},
                            kind: {type: 'string'},
                          },
                        },
                      },
                    },
                  },
                },
                partialFingerprints: {type: 'object', additionalProperties: {type: 'string'}},
                properties: {type: 'object'},
              },
            },
          },
        },
      },
    },
  },
}

/** The fields of a finding that we write. */
export const ASFF = [
  ...['SchemaVersion', 'Id', 'ProductArn', 'ProductName', 'GeneratorId', 'AwsAccountId', 'Types', 'CreatedAt'],
  ...['UpdatedAt', 'Severity', 'Title', 'Description', 'Remediation', 'ProductFields', 'Resources', 'Compliance'],
  ...['Workflow', 'RecordState', 'FindingProviderFields'],
]
