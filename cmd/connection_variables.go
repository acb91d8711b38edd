package cmd

import (
	"slices"

	"github.com/spf13/pflag"

	"github.com/precert/precert/connector"
)

// connectionVariables lists the environment variables that give a connection
// value, that to recommend first: PRECERT_<NAME>, and PRECERT_CONNECTION_<NAME>,
// which no flag takes away. A variable that a flag is set with is the flag's.
func connectionVariables(name string) []string {
	list := []string{"PRECERT_" + variable(name), "PRECERT_CONNECTION_" + variable(name)}
	newTest(Streams{}).Flags().VisitAll(func(f *pflag.Flag) {
		list = slices.DeleteFunc(list, func(own string) bool { return own == "PRECERT_"+variable(f.Name) })
	})
	return list
}

// connectionVariable is the one to recommend.
func connectionVariable(name string) string { return connectionVariables(name)[0] }

// connectionValue is what the environment gives for a connection value, "" for
// nothing. The longer name wins: it can mean nothing else.
func (j *job) connectionValue(name string) string {
	for _, variable := range slices.Backward(connectionVariables(name)) {
		if value, _ := j.streams.Env(variable); value != "" {
			return value
		}
	}
	return ""
}

// takenByFlags tells of environment variables that were probably meant for a
// connection value and set a flag.
func (j *job) takenByFlags(pkg *connector.Package, values map[string]string) {
	for _, name := range connectionNames(pkg) {
		plain, own := "PRECERT_"+variable(name), connectionVariable(name)
		if set, _ := j.streams.Env(plain); set != "" && own != plain && values[name] == "" {
			j.streams.note("%s sets the flag --%s, not the connection value %s: %s does", plain, flagOf(plain), name, own)
		}
	}
}

// flagOf names the flag that an environment variable sets.
func flagOf(environment string) string {
	out := ""
	newTest(Streams{}).Flags().VisitAll(func(f *pflag.Flag) {
		if "PRECERT_"+variable(f.Name) == environment {
			out = f.Name
		}
	})
	return out
}
