package values

// Amend changes a refused value by what the API answered.
func (g *Generator) Amend(r Request, previous any, answer string) (any, string, bool) {
	return previous, "", false
}

// Faults makes inputs that the definition forbids.
func (g *Generator) Faults(r Request) []Fault { return nil }
