package rules

// grammarText says what may stand in a Swagger 2.0 definition and in the
// extensions that the connector platform reads, object by object.
//
// A line at the margin opens an object: its name, then what happens to a
// member that is not listed ("extensible": it must be an extension, "closed":
// it is not allowed, "open": anything goes). The lines below list members,
// several names first when they hold the same:
//
//	name   a member      name!  a member that must be there
//
// and what they hold:
//
//	any string boolean integer number   a value of that type
//	thing                               the object of that name
//	[thing]                             an array of it
//	{thing}                             an object with names of the author's choice
//	boolean/schema                      either
//	"a" "b"                             one of these words
//
// Members that a rule of its own judges are listed as any. What must be there
// only in some cases is left to RequiredPropertyMissing.
const grammarText = `
root extensible
	swagger!                         any
	info!                            info
	host! basePath                   string
	schemes consumes produces        [string]
	paths!                           {path}
	definitions                      {schema}
	parameters                       {parameter}
	responses                        {response}
	securityDefinitions              {securityDefinition}
	security                         [any]
	tags                             [tag]
	externalDocs                     externalDocs
	x-ms-connector-metadata!         [metadata]
	x-ms-capabilities                capabilities
	x-ms-docs                        [docs]
	x-ms-openai-manifest             object

info extensible
	title! version! description!     string
	termsOfService                   string
	contact!                         contact
	license                          license
	x-ms-api-annotation              annotation
	x-ms-deployment-version          string
	x-ms-keywords                    [string]

contact extensible
	name url email                   string

license extensible
	name!                            string
	url                              string

externalDocs extensible
	url!                             string
	description                      string

docs closed
	url description                  string

tag extensible
	name!                            string
	description                      string
	externalDocs                     externalDocs

metadata closed
	propertyName! propertyValue!     string

securityDefinition open
	type!                            "basic" "apiKey" "oauth2"
	description name                 string
	in                               "header" "query"
	flow                             "implicit" "password" "application" "accessCode"
	authorizationUrl tokenUrl        string
	scopes                           {string}

path extensible
	$ref                             any
	get put post delete options head patch operation
	parameters                       [parameter]
	x-ms-notification-content        notification

operation extensible
	tags consumes produces schemes   [string]
	summary description              string
	operationId                      text
	externalDocs                     externalDocs
	parameters                       [parameter]
	responses                        {response}
	deprecated                       boolean
	security                         [any]
	x-ms-summary x-ms-trigger-hint   string
	x-ms-visibility                  visibility
	x-ms-trigger                     "single" "batch"
	x-ms-trigger-metadata            triggerMetadata
	x-ms-pageable                    pageable
	x-ms-api-annotation              annotation
	x-ms-capabilities                operationCapabilities
	x-ms-operation-context           operationContext
	x-ms-notification                notificationOperation
	x-ms-no-generic-test             boolean
	x-ms-safe-operation              boolean
	x-ms-openai-data                 object

parameter extensible
	name!                            string
	in!                              "query" "header" "path" "formData" "body"
	description                      string
	required allowEmptyValue         boolean
	schema                           schema
	type                             "string" "number" "boolean" "integer" "array" "file"
	items                            items
	format collectionFormat pattern  string
	default                          any
	enum                             [any]
	maximum minimum multipleOf       number
	exclusiveMaximum exclusiveMinimum uniqueItems boolean
	maxLength minLength maxItems minItems integer
	x-ms-summary                     string
	x-ms-visibility                  visibility
	x-ms-url-encoding                "single" "double"
	x-ms-skip-url-encoding           boolean
	x-ms-parameter-location          "client" "method"
	x-ms-notification-url            boolean
	x-ms-localizeDefaultValue        boolean
	x-ms-media-kind                  "image" "audio"
	x-ms-trigger-value               triggerValue
	x-ms-dynamic-values              dynamicValues
	x-ms-dynamic-list                dynamicList
	x-ms-dynamic-schema              dynamicSchema
	x-ms-dynamic-properties          dynamicProperties
	x-ms-dynamic-tree                dynamicTree
	x-ms-enum-values                 [enumValue]
	x-ms-test-value x-ms-enum        any

items extensible
	type                             "string" "number" "boolean" "integer" "array"
	items                            items
	format collectionFormat pattern  string
	default                          any
	enum                             [any]
	maximum minimum multipleOf       number
	exclusiveMaximum exclusiveMinimum uniqueItems boolean
	maxLength minLength maxItems minItems integer

header extensible
	description                      string
	type                             "string" "number" "boolean" "integer" "array"
	items                            items
	format collectionFormat pattern  string
	default                          any
	enum                             [any]
	maximum minimum multipleOf       number
	exclusiveMaximum exclusiveMinimum uniqueItems boolean
	maxLength minLength maxItems minItems integer
	x-ms-summary                     string
	x-ms-visibility                  visibility

response extensible
	description!                     string
	schema                           schema
	headers                          {header}
	examples                         object
	x-ms-summary                     string

schema extensible
	$ref title description           string
	type                             "string" "number" "boolean" "integer" "array" "object" "file" "null"
	format pattern discriminator     string
	default example                  any
	enum                             [any]
	required                         [string]
	properties                       {schema}
	additionalProperties             boolean/schema
	items                            schema
	allOf                            [schema]
	maximum minimum multipleOf       number
	exclusiveMaximum exclusiveMinimum uniqueItems readOnly boolean
	maxLength minLength maxItems minItems maxProperties minProperties integer
	xml                              object
	externalDocs                     externalDocs
	x-ms-summary                     string
	x-ms-visibility                  visibility
	x-ms-notification-url            boolean
	x-ms-localizeDefaultValue        boolean
	x-ms-media-kind                  "image" "audio"
	x-ms-editor                      string
	x-ms-editor-options              object
	x-ms-dynamic-values              dynamicValues
	x-ms-dynamic-list                dynamicList
	x-ms-dynamic-schema              dynamicSchema
	x-ms-dynamic-properties          dynamicProperties
	x-ms-dynamic-tree                dynamicTree
	x-ms-enum-values                 [enumValue]
	x-ms-test-value x-ms-enum        any

notification open
	description                      string
	schema                           schema
	headers                          {header}
	x-ms-summary                     string

dynamicValues closed
	operationId builtInOperation     string
	capability                       "file-picker"
	parameters                       {argument}
	value-collection value-title value-path string

dynamicList closed
	operationId builtInOperation     string
	capability                       "file-picker"
	parameters                       {reference}
	itemsPath itemTitlePath itemValuePath string

dynamicSchema closed
	operationId!                     string
	parameters                       {argument}
	value-path                       text

dynamicProperties closed
	operationId!                     string
	parameters                       {reference}
	itemValuePath                    text

dynamicTree closed
	settings                         treeSettings
	open browse                      treeOperation

treeSettings closed
	canSelectParentNodes canSelectLeafNodes boolean

treeOperation closed
	operationId!                     string
	parameters                       {reference}
	itemsPath itemValuePath itemTitlePath itemFullTitlePath itemIsParent string

reference closed
	value                            any
	parameterReference selectedItemValuePath string

argument open
	parameter value-property         string

capabilities closed
	testConnection                   testConnection
	file-picker                      filePicker

testConnection closed
	operationId!                     string
	parameters                       object

filePicker closed
	open browse                      fileOperation
	value-title value-path value-collection string
	value-folder-property value-media-property string

fileOperation closed
	operationId!                     string
	parameters                       {argument}

operationCapabilities closed
	chunkTransfer                    boolean

annotation closed
	family                           string
	revision                         integer
	status                           "Production" "Preview"
	replacement                      replacement

replacement closed
	api operationId                  string

operationContext closed
	simulate!                        simulation

simulation closed
	operationId!                     string
	parameters                       {argument}

notificationOperation closed
	operationId!                     string

pageable closed
	nextLinkName!                    string

triggerMetadata closed
	kind                             "query"
	mode                             "polling"

triggerValue closed
	value-collection value-path      string

enumValue closed
	value!                           any
	displayName                      string
`

// otherExtensions are names that look like a misspelling of one in the grammar and are not.
const otherExtensions = "x-ms-enum x-ms-keywords x-ms-identifiers x-ms-examples x-ms-example x-ms-openai-data x-ms-openai-manifest " +
	"x-ms-agentic-protocol x-ms-name-for-model x-ms-description-for-model x-ms-require-user-confirmation x-ms-parameterized-host"
