package rules

// subjects returns the rules of every subject.
func subjects() [][]*Rule {
	return [][]*Rule{
		fileRules(),
		operationIDRules(),
		operationPathRules(),
		operationParameterRules(),
		operationResponseRules(),
		operationContentRules(),
		operationFamilyRules(),
		enumValueRules(),
		securityRules(),
		webhookRules(),
		dynamicArgumentRules(),
		dynamicFormRules(),
		dynamicTargetRules(),
		structureRules(),
		requiredRules(),
		arrayRules(),
		boundRules(),
		wordRules(),
		infoRules(),
		parameterRules(),
		parameterLinkRules(),
		referenceRules(),
		responseRules(),
		schemaRules(),
		valueRules(),
		transferRules(),
		securityDefinitionRules(),
	}
}
