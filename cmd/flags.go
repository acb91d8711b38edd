package cmd

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/reports"
)

// flags are the values of all flags; a command binds those it has.
type flags struct {
	format, output, config string
	publisher, severity    string
	rules                  []string
	only, skip             []string
	jobs                   int
	quiet, noColor         bool
	since                  string
	verbose                bool
	submission             bool
	shard, baseline        string
	live                   liveFlags
	set                    *pflag.FlagSet
}

// liveFlags are those of the live run.
type liveFlags struct {
	baseURL    string
	calls      int
	allow      []string
	dryRun     bool
	strict     bool
	rate       string
	timeout    time.Duration
	budget     time.Duration
	seed       int64
	connection []string
	caFile     string
	record     string
	replay     string
	resume     bool
	set        string
	// callbackURL and callbackListen are the two ends at which webhooks are notified.
	callbackURL, callbackListen string
}

// bindOutput binds the flags about reports.
func (f *flags) bindOutput(c *cobra.Command) {
	f.set = c.Flags()
	f.set.StringVar(&f.format, "format", "terminal", "`LIST` of what to write, comma separated, each NAME or NAME=FILE; names: "+formatNames())
	f.set.StringVarP(&f.output, "output", "o", "", "`PATH` for reports without a file of their own: a file for one format, a folder for several, - for standard output")
	f.set.BoolVarP(&f.quiet, "quiet", "q", false, "print the verdict only")
	f.set.BoolVarP(&f.verbose, "verbose", "v", false, "list everything; without it a long report shows the weightiest in full, the next on a line each, and counts the rest")
	f.set.BoolVar(&f.noColor, "no-color", false, "no colour (also: NO_COLOR)")
}

// formatNames lists the formats of reports.
func formatNames() string {
	var names []string
	for _, f := range reports.Formats() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

func (f *flags) bindCommon(c *cobra.Command) {
	f.bindOutput(c)
	f.set.StringVar(&f.config, "config", "", "configuration `FILE` (default: precert.yaml beside the connector)")
	f.set.StringVar(&f.publisher, "publisher", "", "`KIND` of publisher: verified, independent or auto (default: auto, told by folder, title and brand colour)")
	f.set.StringVar(&f.severity, "severity", "", "least `LEVEL` that fails the run: error, warning or info (default: error)")
	f.set.StringArrayVar(&f.rules, "rule", nil, "severity of a rule or check, `NAME=LEVEL` with off, info, warning or error; globs allowed, repeatable")
	f.set.StringSliceVar(&f.only, "only", nil, "only the rules, checks or operations of these `NAMES`; globs allowed")
	f.set.StringSliceVar(&f.skip, "skip", nil, "leave out the rules, checks or operations of these `NAMES`; globs allowed")
	f.set.IntVar(&f.jobs, "jobs", runtime.GOMAXPROCS(0), "do `N` things at once")
	f.set.BoolVar(&f.submission, "submission", false, "judge what is handed in: the whole zip, and files that the public repository leaves out")
	completeWords(c, "publisher", "verified", "independent", "auto")
	completeWords(c, "severity", "error", "warning", "info")
}

// bindRun binds the flags of the commands that judge connectors of the user's.
func (f *flags) bindRun() {
	f.set.StringVar(&f.shard, "shard", "", "do only part I of N, `I/N`: connectors are dealt out, then operations of one; precert report merges the parts")
	f.set.StringVar(&f.baseline, "baseline", "", "JSON report `FILE` of an earlier run: only what is new fails")
}

func (f *flags) bindLive() {
	l := &f.live
	f.set.StringVar(&l.baseURL, "base-url", "", "`URL` of the API under test, instead of the definition's host")
	f.set.IntVar(&l.calls, "calls", 0, "each operation needs `N` successful calls (default 10)")
	f.set.StringSliceVar(&l.allow, "allow", nil, "unsafe `METHODS` that may be sent: POST, PUT, PATCH, DELETE")
	f.set.BoolVar(&l.dryRun, "dry-run", false, "print the requests and send none")
	f.set.BoolVar(&l.strict, "strict", false, "an operation that was never exercised keeps the connector from being ready")
	f.set.StringVar(&l.rate, "rate", "", "at most so many requests, `N/s` or N/m")
	f.set.DurationVar(&l.timeout, "timeout", 0, "longest `TIME` to wait for one answer, such as 90s (default 30s)")
	f.set.DurationVar(&l.budget, "budget", 0, "longest `TIME` for the whole run, such as 10m (default: no limit)")
	f.set.Int64Var(&l.seed, "seed", 1, "seed `N` of the made-up values: the same seed sends the same requests")
	f.set.StringArrayVar(&l.connection, "connection", nil, "value of a connection parameter, `NAME=VALUE`; better: PRECERT_<NAME> in the environment")
	f.set.StringVar(&l.callbackURL, "callback-url", "", "`URL` under which the API reaches this machine, such as that of a tunnel: webhooks are notified there")
	f.set.StringVar(&l.callbackListen, "callback-listen", "", "`HOST:PORT` at which notifications are taken (default: the loopback address, port 8475 with --callback-url)")
	f.set.StringVar(&l.caFile, "ca-file", "", "PEM `FILE` with further root certificates")
	f.set.StringVar(&l.record, "record", "", "write every exchange to a HAR `FILE`, secrets masked")
	f.set.StringVar(&l.replay, "replay", "", "judge a recorded run without a network: a HAR `FILE` that --record wrote")
	f.set.BoolVar(&l.resume, "resume", false, "finish a run that was interrupted or killed, and delete what it left")
	f.set.StringVar(&l.set, "connection-set", "", "`NAME` of the set of connection parameters that signs in, for connectors with several")
}

// complete adds what the environment sets, and refuses values that no run can have.
func (f *flags) complete(env func(string) (string, bool)) error {
	if err := f.environment(env); err != nil {
		return err
	}
	return f.sensible()
}

// environment fills flags that the command line does not set from
// PRECERT_<FLAG> variables.
func (f *flags) environment(env func(string) (string, bool)) error {
	var failed error
	f.set.VisitAll(func(flag *pflag.Flag) {
		name := "PRECERT_" + variable(flag.Name)
		value, ok := env(name)
		if flag.Changed || !ok || value == "" || failed != nil {
			return
		}
		if f.set.Set(flag.Name, value) != nil {
			failed = fmt.Errorf("the environment variable %s: %w", name, wrongValue(flag, flag.Name, value, "docs/configuration.md"))
		}
	})
	return failed
}

// variable writes a name the way environment variables are written.
func variable(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, name)
}

// assignment splits NAME=VALUE.
func assignment(flag, text string) (name, value string, err error) {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return "", "", fmt.Errorf("--%s wants NAME=VALUE, not %q", flag, name)
	}
	return name, value, nil
}

func parsePublisher(text string) (string, error) {
	text = strings.ToLower(text)
	if text == "" {
		return "auto", nil
	}
	if !slices.Contains([]string{"verified", "independent", "auto"}, text) {
		return "", fmt.Errorf("unknown publisher %q: use verified, independent or auto", text)
	}
	return text, nil
}

func parseFailOn(text string) (finding.Severity, error) {
	if text == "" {
		return finding.Error, nil
	}
	severity, err := finding.ParseSeverity(text)
	switch {
	case err != nil:
		return severity, fmt.Errorf("unknown severity %q: use error, warning or info", text)
	case severity == finding.Off:
		return severity, errors.New("the failing severity cannot be off: use error, warning or info")
	}
	return severity, nil
}

// parseRate reads requests per second from "20/s", "300/m" or "20"; "" is no limit.
func parseRate(text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	number, unit, _ := strings.Cut(text, "/")
	rate, err := strconv.ParseFloat(number, 64)
	if err != nil || rate <= 0 || math.IsNaN(rate) || math.IsInf(rate, 0) {
		return 0, fmt.Errorf("the rate %q is not a number of requests: write 20/s or 300/m", text)
	}
	switch unit {
	case "", "s":
		return rate, nil
	case "m", "min":
		return rate / 60, nil
	}
	return 0, fmt.Errorf("the rate %q has an unknown unit: write 20/s or 300/m", text)
}

// completeWords offers fixed words for a flag.
func completeWords(c *cobra.Command, flag string, words ...string) {
	// It fails only for a flag that does not exist or is completed already.
	_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// unsafeMethod refuses a word that is none of the methods that --allow is about.
func unsafeMethod(text string) error {
	switch word := strings.ToUpper(strings.TrimSpace(text)); word {
	case "POST", "PUT", "PATCH", "DELETE":
		return nil
	case "GET", "HEAD", "OPTIONS":
		return fmt.Errorf("%s always may run: allow wants POST, PUT, PATCH or DELETE", word)
	}
	return fmt.Errorf("unknown method %q in allow: use POST, PUT, PATCH or DELETE", text)
}
