package reports

// compared writes what became of the baseline.
func (m *markdownPage) compared() {
	if m.run.Baseline == nil {
		return
	}
	m.printf("\nCompared with %s: %s\n", m.text(baselineName(m.run.Baseline)), baselineFacts(m.run.Baseline))
	mended := mendedOf(m.run)
	if len(mended) == 0 {
		return
	}
	m.printf("\n<details><summary>✅ %s mended</summary>\n\n| Name | Where | What it was |\n|---|---|---|\n", thousands(len(mended)))
	for i, gone := range mended {
		if i == markdownPlaces || m.size > roomOfMended {
			m.printf("| | | and %s more |\n", thousands(len(mended)-i))
			break
		}
		m.printf("| %s | %s | %s |\n", m.text(gone.Name), m.cell(mendedPlace(gone)), m.text(gone.Message))
	}
	m.printf("\n</details>\n")
}

func knownTag(known bool) string {
	if !known {
		return ""
	}
	return " · unchanged"
}

// policies writes the checklist of the certification policy.
func (m *markdownPage) policies(list []policyLine) {
	if len(list) == 0 {
		return
	}
	m.printf("\n<details><summary>Certification policy: %s</summary>\n\n| | Policy | What it wants | |\n|---|---|---|---|\n", m.html(policyFacts(list)))
	for i, line := range list {
		if m.size > roomOfPolicies {
			m.printf("| | | and %s more | |\n", thousands(len(list)-i))
			break
		}
		m.printf("| %s | %s | %s | %s |\n", markdownPolicySign(line.State), m.text(line.Number), m.text(line.Title), m.text(line.Note))
	}
	m.printf("\n</details>\n")
}

func markdownPolicySign(state policyState) string {
	return map[policyState]string{policyPass: "✅", policyFail: "❌", policyWarn: "⚠️", policyAttest: "✍️", policyUnseen: "⏭️"}[state]
}
