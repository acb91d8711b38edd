package changes

import "github.com/precert/precert/finding"

func connectionKinds() []*kind {
	return []*kind{
		authenticationMethodRemoved, authenticationMethodChanged, authenticationMethodAdded, connectionParametersRemoved,
		requiredConnectionParameterAdded, connectionParameterAdded, connectionParameterTypeChanged, connectionParameterMadeRequired,
		capabilityRemoved, hostChanged, basePathChanged, tierChangedToPremium,
	}
}

var authenticationMethodRemoved = &kind{
	name: "AuthenticationMethodRemoved", severity: finding.Error, source: sourceNamed,
	summary: "A way to sign in is gone, or of another type.",
	why:     "Every connection made with it stops working, and with it all flows on that connection. Reviewers do not waive this one. A scheme of the definition is a warning where apiProperties.json says how connections sign in.",
	fix:     fixConnection,
	wrong:   "- \"securityDefinitions\": {\"api_key\": {\"type\": \"apiKey\", …}}\n+ \"securityDefinitions\": {\"oauth2\": {\"type\": \"oauth2\", …}}",
	right:   "\"connectionParameterSets\": {\"values\": [{\"name\": \"api-key\", …}, {\"name\": \"oauth2\", …}]}",
}

var authenticationMethodChanged = &kind{
	name: "AuthenticationMethodChanged", severity: finding.Warning, source: sourceReasoned,
	summary: "A way to sign in is of the same type but differs: place of the key, addresses, provider, more scopes.",
	why:     "Connections that exist may have to be made again; until then flows on them fail.",
	fix:     "Test a connection of the published version against the update, and tell customers if they have to sign in again.",
	wrong:   "- {\"type\": \"apiKey\", \"in\": \"query\", \"name\": \"key\"}\n+ {\"type\": \"apiKey\", \"in\": \"header\", \"name\": \"X-Api-Key\"}",
}

var authenticationMethodAdded = &kind{
	name: "AuthenticationMethodAdded", severity: finding.Info, source: sourceReasoned,
	summary: "A way to sign in is new.",
	why:     "Connections that exist go on.",
	fix:     fixConfirm,
}

var connectionParametersRemoved = &kind{
	name: "ConnectionParametersRemoved", severity: finding.Error, source: sourceNamed,
	summary: "A connection parameter is gone, or has another name.",
	why:     "Connections that exist lose the value: policies and the API that read it do not find it.",
	fix:     "Keep the connection parameter, optional if it is out of use.",
	wrong:   "- \"subdomain\": {\"type\": \"string\", …}",
	right:   "\"subdomain\": {\"type\": \"string\", …}",
}

var requiredConnectionParameterAdded = &kind{
	name: "RequiredConnectionParameterAdded", severity: finding.Error, source: sourceReasoned,
	summary: "A required connection parameter is new.",
	why:     "Connections that exist do not have it: they must be made again, and until then flows on them fail.",
	fix:     "Make it optional and let the API do without, or add it in a second set of connection parameters.",
	wrong:   "+ \"region\": {\"type\": \"string\", \"uiDefinition\": {\"constraints\": {\"required\": \"true\"}}}",
	right:   "+ \"region\": {\"type\": \"string\", \"uiDefinition\": {\"constraints\": {\"required\": \"false\"}}}",
}

var connectionParameterAdded = &kind{
	name: "ConnectionParameterAdded", severity: finding.Info, source: sourceReasoned,
	summary: "An optional connection parameter is new.",
	why:     "Connections that exist go on without it.",
	fix:     fixConfirm,
}

var connectionParameterTypeChanged = &kind{
	name: "ConnectionParameterTypeChanged", severity: finding.Error, source: sourceReasoned,
	summary: "The type of a connection parameter is another one.",
	why:     "Connections that exist hold a value of the old type and may have to be made again. From string to securestring it is a warning.",
	fix:     "Keep the type, or add a second set of connection parameters.",
	wrong:   "- \"port\": {\"type\": \"string\"}\n+ \"port\": {\"type\": \"int\"}",
	right:   "\"port\": {\"type\": \"string\"}",
}

var connectionParameterMadeRequired = &kind{
	name: "ConnectionParameterMadeRequired", severity: finding.Warning, source: sourceReasoned,
	summary: "An optional connection parameter became required.",
	why:     "Connections that were made without it may fail.",
	fix:     "Leave it optional, or make sure that the API does without.",
	wrong:   "- \"constraints\": {\"required\": \"false\"}\n+ \"constraints\": {\"required\": \"true\"}",
	right:   "\"constraints\": {\"required\": \"false\"}",
}

var capabilityRemoved = &kind{
	name: "CapabilityRemoved", severity: finding.Warning, source: sourcePlatform,
	summary: "A capability of the connector or of an operation is gone.",
	why:     "What rests on it, such as a test of the connection or the transfer of large content in pieces, does not work any more.",
	fix:     "Keep the capability, or make sure that no flow needs it.",
	wrong:   "- \"x-ms-capabilities\": {\"chunkTransfer\": true}",
}

var hostChanged = &kind{
	name: "HostChanged", severity: finding.Warning, source: sourceReasoned,
	summary: "The API stands at another host.",
	why:     "All flows call it from then on. Data, accounts and limits may be others there, and firewalls of customers may not know it.",
	fix:     "Make sure that the new host serves the same accounts and data; tell customers who allow hosts by name.",
	wrong:   "- \"host\": \"api.fabrikam.com\"\n+ \"host\": \"api.fabrikam.io\"",
}

var basePathChanged = &kind{
	name: "BasePathChanged", severity: finding.Warning, source: sourceReasoned,
	summary: "The base path of the API is another one.",
	why:     "All flows call it from then on; another version of an API may take and give other data.",
	fix:     "Make sure that the API answers the same below the new path, or put what differs into new revisions of the operations.",
	wrong:   "- \"basePath\": \"/v1\"\n+ \"basePath\": \"/v2\"",
}

var tierChangedToPremium = &kind{
	name: "TierChangedToPremium", severity: finding.Error, source: sourceNamed,
	summary: "The connector needs a premium plan.",
	why:     "Flows of customers on a free plan stop: they may not use the connector any more.",
	fix:     "Keep the tier, or agree on the change with Microsoft and tell customers ahead.",
	wrong:   "- \"tier\": \"Standard\"\n+ \"tier\": \"Premium\"",
	right:   "\"tier\": \"Standard\"",
}
