package cmd

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/precert/precert/connector"
)

func newInit(streams Streams) *cobra.Command {
	force := false
	c := &cobra.Command{
		Use:   "init [PATH]",
		Short: "Write a commented precert.yaml for a connector",
		Long: `init reads the connector and writes a precert.yaml beside it: its connection
parameters as environment variables, the unsafe methods it uses, and the values
that no other operation can supply.`,
		Example: `  precert init
  precert init connectors/fabrikam-boards --force`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			path := "."
			if len(args) > 0 {
				path = args[0]
			}
			sources, err := connector.Discover(c.Context(), path)
			if err != nil {
				return err
			}
			if len(sources) > 1 {
				return fmt.Errorf("%s holds %d connectors: name one of them, such as %s", path, len(sources), sources[0].Path)
			}
			pkg, err := connector.Load(c.Context(), sources[0])
			if err != nil {
				return err
			}
			return writeConfig(streams, pkg, configPath(path), force)
		},
	}
	c.Flags().BoolVar(&force, "force", false, "replace a precert.yaml that is already there")
	return c
}

func configPath(path string) string {
	if isFolder(path) {
		return filepath.Join(path, configName)
	}
	return filepath.Join(filepath.Dir(path), configName)
}

func writeConfig(streams Streams, pkg *connector.Package, file string, force bool) error {
	if err := writeNew(file, []byte(starter(pkg)), force); err != nil {
		return err
	}
	fmt.Fprintf(streams.Err, "precert: wrote %s\n", file)
	return nil
}

// starter is the text of a precert.yaml for a connector.
func starter(pkg *connector.Package) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# precert.yaml for %s. Every key is optional; a flag wins over the environment,", plain(pkg.Title()))
	line("# the environment over this file. docs/configuration.md lists the keys.\n")
	line("publisher: %s            # verified | independent | auto", pkg.Publisher())
	line("severity: error                # what makes the run fail: error | warning | info\n")
	line("# The address of a sandbox of your API, instead of %s.", plain(firstOf(pkg.Definition.Root.Get("host").String(), "the definition's host")))
	line("# baseUrl: https://sandbox.example.com%s\n", plain(pkg.Definition.Root.Get("basePath").String()))
	starterConnection(line, pkg)
	starterMethods(line, pkg)
	starterValues(line, pkg)
	if pkg.File(connector.RoleScript) != nil {
		line("# precert does not run script.csx: what the script would change is not held against the API.")
		line("# script: bypass               # judge its operations as if there were no script\n")
	}
	line("# rules:                       # rule or check: off | info | warning | error\n#   OperationIdSanitized: off\n")
	line("# ignore:                      # accepted findings, each with a reason\n#   - rule: OperationSummaryTooLong\n#     at: %s\n#     reason: approved by the certification team", firstOperation(pkg))
	return b.String()
}

func starterConnection(line func(string, ...any), pkg *connector.Package) {
	names := connectionNames(pkg)[2:]
	schemes := pkg.Definition.Root.Get("securityDefinitions")
	for s := range schemes.Members {
		switch s.Get("type").String() {
		case "basic":
			names = append(names, "username", "password")
		case "oauth2":
			line("# %s wants a token: give one in PRECERT_ACCESS_TOKEN, or let precert fetch it:", plain(s.Key()))
			line("# oauth: {grant: client_credentials, tokenUrl: %s, clientId: ${CLIENT_ID}, clientSecret: ${CLIENT_SECRET}}\n", plain(firstOf(s.Get("tokenUrl").String(), "https://…")))
		}
	}
	// With connection parameters the names of securityDefinitions are only other names for the same values.
	if declared := pkg.Properties.Root.At("properties", "connectionParameters"); declared.Len() > 0 {
		names = slices.DeleteFunc(names, func(name string) bool {
			return !declared.Get(name).Exists() && name != "username" && name != "password"
		})
	}
	if len(names) == 0 {
		return
	}
	line("# Values of the connection parameters. Keep secrets out of this file: precert also")
	line("# reads PRECERT_<NAME> from the environment, which wins.")
	line("connection:")
	written := map[string]bool{}
	for _, name := range names {
		if !written[name] {
			written[name] = true
			line("  %s: ${PRECERT_%s}", key(name), variable(name))
		}
	}
	line("")
}

func starterMethods(line func(string, ...any), pkg *connector.Package) {
	var unsafe []string
	for _, op := range pkg.Definition.Operations {
		if !slices.Contains([]string{"GET", "HEAD", "OPTIONS"}, op.Method) && !slices.Contains(unsafe, op.Method) {
			unsafe = append(unsafe, op.Method)
		}
	}
	line("calls: 10                      # successful calls each operation needs")
	line("# rate: 10/s")
	if len(unsafe) > 0 {
		slices.Sort(unsafe)
		line("# These methods change data. precert changes and deletes only what it created.")
		line("# allow: [%s]", strings.Join(unsafe, ", "))
	}
	line("")
}

// starterValues lists the inputs that nothing in the definition supplies.
func starterValues(line func(string, ...any), pkg *connector.Package) {
	wanted := map[string][]string{}
	for _, op := range pkg.Definition.Operations {
		for _, p := range op.Parameters {
			if p.In == "body" || !p.Required || supplied(p.Node) {
				continue
			}
			wanted[p.Name] = append(wanted[p.Name], op.ID)
		}
	}
	if len(wanted) == 0 {
		return
	}
	names := make([]string, 0, len(wanted))
	for name := range wanted {
		names = append(names, name)
	}
	slices.Sort(names)
	line("# precert learns ids from lists and creations and makes up the rest. Give the values")
	line("# it cannot know; `precert test --dry-run` shows where each value comes from.")
	line("# values:")
	for _, name := range names {
		users := wanted[name]
		more := ""
		if len(users) > 3 {
			more = fmt.Sprintf(" and %d more", len(users)-3)
			users = users[:3]
		}
		line("#   %s: …   # %s%s", key(name), plain(strings.Join(users, ", ")), more)
	}
	line("")
}

func supplied(p *connector.Node) bool {
	for _, name := range []string{"default", "example", "enum", "x-example", "x-ms-test-value", "x-ms-dynamic-values", "x-ms-dynamic-list"} {
		if p.Get(name).Exists() {
			return true
		}
	}
	return false
}

func firstOperation(pkg *connector.Package) string {
	if len(pkg.Definition.Operations) == 0 {
		return "/paths"
	}
	return plain(pkg.Definition.Operations[0].ID)
}

// plain keeps a text on its line of YAML comment.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || r == 0x85 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, text)
}

// key writes a mapping key, quoted when it is not a plain word.
func key(name string) string {
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-' {
			return fmt.Sprintf("%q", plain(name))
		}
	}
	return name
}
