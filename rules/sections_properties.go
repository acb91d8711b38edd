package rules

// The sections of the rules about apiProperties.json and about secrets.
const (
	// SectionAPIProperties is about apiProperties.json by itself, SectionPolicies about its policies.
	SectionAPIProperties = "API properties"
	SectionPolicies      = "Policies"
	// SectionConnections is about what the definition and apiProperties.json say of signing in.
	SectionConnections = "Connections"
	// SectionSecrets is about credentials in any file.
	SectionSecrets = "Secrets"
)
