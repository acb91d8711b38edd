package cmd

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
	"github.com/precert/precert/rules"
	"github.com/precert/precert/runner"
)

// exercise runs the live half of every connector, one after the other: they
// may share an API and its limits.
func (j *job) exercise(ctx context.Context, subjects []*subject) error {
	if l := j.flags.live; len(subjects) > 1 && firstOf(l.record, l.replay) != "" {
		return fmt.Errorf("a recording is of one connector, and %d are given: run them one by one", len(subjects))
	}
	for _, s := range subjects {
		if s.pkg != nil {
			if p := unreadable(s.pkg); p != nil {
				s.outcome.Incomplete = firstOf(s.outcome.Incomplete, fmt.Sprintf("the definition cannot be read to its end (%s), so nothing is called", placed(p.File, p)))
				continue
			}
		}
		if s.pkg == nil || s.pkg.Definition.Root == nil {
			s.outcome.Incomplete = firstOf(s.outcome.Incomplete, "the definition cannot be read, so there is nothing to call")
			continue
		}
		opts, err := j.options(s)
		if err != nil {
			return err
		}
		if s.portion.shared() {
			own, some := s.portion.operations(s.pkg, j.operationPatterns())
			if !some {
				continue
			}
			opts.Shared = true
			opts.Only = slices.Concat(own, matching(j.flags.only, checkNames()))
		}
		for _, note := range s.config.strays(s.pkg) {
			j.streams.note("%s", note)
		}
		progress := newProgress(j.streams, j.flags.quiet)
		opts.Progress = progress.event
		result, err := runner.Run(ctx, s.pkg, opts)
		progress.done()
		if errors.Is(err, runner.ErrNoHost) && j.static && !opts.DryRun {
			// The static half stands for itself.
			s.outcome.Incomplete = firstOf(s.outcome.Incomplete, err.Error())
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", s.source.Path, err)
		}
		for _, note := range result.Notes {
			j.streams.note("%s", note)
		}
		if opts.DryRun {
			if err := writePlan(j.streams.Out, result); err != nil {
				return err
			}
			continue
		}
		c := s.outcome
		c.BaseURL, c.Operations, c.Causes, c.Exchanges, c.Leftovers = result.BaseURL, result.Operations, result.Causes, result.Exchanges, result.Leftovers
		c.Incomplete = firstOf(c.Incomplete, result.Incomplete)
		if !s.portion.shared() {
			c.Incomplete = firstOf(c.Incomplete, unexercised(c.Operations))
		}
		j.acceptLive(s, time.Now())
	}
	return nil
}

// unplanned ends a dry run: it tells what could not be planned, and that the run
// would not be finished.
func (j *job) unplanned(subjects []*subject) error {
	verdict := finding.Ready
	for _, s := range subjects {
		if s.outcome.Incomplete != "" {
			j.streams.note("%s: %s", s.source.Path, s.outcome.Incomplete)
			verdict = finding.Incomplete
		}
	}
	return exitFor(verdict)
}

// unexercised says why no operation at all was exercised, "" when one was: such a
// run tells nothing of the API.
func unexercised(operations []finding.Operation) string {
	if len(operations) == 0 || slices.ContainsFunc(operations, func(o finding.Operation) bool { return o.Verdict != finding.Skipped && o.Calls > 0 }) {
		return ""
	}
	first := operations[0]
	out := "no operation could be exercised; " + first.OperationID + ": " + first.Reason
	if mend, _, _ := strings.Cut(first.Mend, "   #"); mend != "" {
		out += "; " + mend
	}
	return out
}

// options joins flags, environment and configuration, in this order of precedence.
func (j *job) options(s *subject) (runner.Options, error) {
	l, c := &j.flags.live, s.config
	rate, err := parseRate(firstOf(l.rate, c.Rate))
	if err != nil {
		return runner.Options{}, err
	}
	connection, err := j.connection(s)
	if err != nil {
		return runner.Options{}, err
	}
	overrides, err := j.overrides(c)
	if err != nil {
		return runner.Options{}, err
	}
	if err := c.namesOperations(s.pkg.Definition); err != nil {
		return runner.Options{}, err
	}
	oauth, err := j.fromEnvironment(c)
	if err != nil {
		return runner.Options{}, err
	}
	opts := runner.Options{
		BaseURL: firstOf(l.baseURL, c.BaseURL), Calls: l.calls, Rate: rate, Jobs: j.flags.jobs,
		Timeout: l.timeout, Budget: l.budget, Allow: slices.Concat(l.allow, c.Allow), Seed: l.seed,
		Connection: connection, Variable: connectionVariable, Values: c.Values, Operations: map[string]runner.OperationOptions{},
		CallbackURL: l.callbackURL, CallbackListen: l.callbackListen, Triggers: map[string]runner.TriggerOptions{},
		Only:         slices.Concat(j.operationPatterns(), matching(j.flags.only, checkNames())),
		Skip:         j.flags.skip,
		ScriptBypass: c.Script == "bypass",
		Strict:       l.strict || j.command == "certify", DryRun: l.dryRun, CAFile: l.caFile, Version: Version(),
		Record: l.record, Replay: l.replay, Resume: l.resume, ConnectionSet: firstOf(l.set, c.ConnectionSet),
		Prompt: func(text string) { j.streams.note("%s", text) },
		Checks: func(check string) finding.Severity { return checkSeverity(overrides, check) },
	}
	if opts.Calls == 0 {
		opts.Calls = c.Calls
	}
	if opts.Timeout == 0 {
		opts.Timeout = c.Timeout
	}
	opts.AccessToken, _ = j.streams.Env("PRECERT_ACCESS_TOKEN")
	for id, op := range c.Operations {
		opts.Operations[id] = runner.OperationOptions{Values: op.Values, Skip: op.Skip, Allow: op.Allow, Needs: op.Needs}
	}
	for id, t := range c.Triggers {
		opts.Triggers[id] = runner.TriggerOptions{Fire: t.Fire, Command: t.Command, Wait: t.Wait}
	}
	if oauth != nil {
		opts.OAuth = &runner.OAuth{
			Grant: oauth.Grant, TokenURL: oauth.TokenURL, DeviceURL: oauth.DeviceURL, Tenant: oauth.Tenant, ClientID: oauth.ClientID, ClientSecret: oauth.ClientSecret,
			Scopes: oauth.Scopes, RefreshToken: oauth.RefreshToken, Username: oauth.Username, Password: oauth.Password,
		}
	}
	if l.replay == "" && !l.dryRun && j.command != "demo" {
		opts.Journal = journalFile(s.source.Path, opts.BaseURL)
	}
	if j.tune != nil {
		j.tune(s, &opts)
	}
	return opts, nil
}

func checkSeverity(overrides []rules.Override, check string) finding.Severity {
	severity := finding.Error
	for _, o := range overrides {
		if rules.Match(o.Pattern, check) {
			severity = o.Severity
		}
	}
	return severity
}

// connection gathers the values of the connection parameters: a flag wins over
// the environment, the environment over the file.
func (j *job) connection(s *subject) (map[string]string, error) {
	out := map[string]string{}
	for name, value := range s.config.Connection {
		if value != "" {
			out[name] = value
		}
	}
	for _, name := range connectionNames(s.pkg) {
		if value := j.connectionValue(name); value != "" {
			out[name] = value
		}
	}
	for _, text := range j.flags.live.connection {
		name, value, err := assignment("connection", text)
		if err != nil {
			return nil, err
		}
		out[name] = value
	}
	j.misspelt(s.pkg, out)
	j.takenByFlags(s.pkg, out)
	return out, nil
}

// misspelt tells of connection values under a name that the connector does not have.
func (j *job) misspelt(pkg *connector.Package, values map[string]string) {
	names := connectionNames(pkg)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if slices.ContainsFunc(names, func(known string) bool { return sameName(known, name) }) || standsForSignIn(name) {
			continue
		}
		likely := meant(name, names)
		if likely == "" {
			likely = ": it has " + strings.Join(names, ", ")
		}
		j.streams.note("the connector has no connection value %q%s", name, likely)
	}
}

// standsForSignIn reports whether a name is one that every connector takes.
func standsForSignIn(name string) bool {
	plain := strings.ToLower(name)
	return slices.Contains([]string{"user", "token", "access_token"}, plain) || strings.HasPrefix(plain, "token:") ||
		strings.HasSuffix(plain, "_username") || strings.HasSuffix(plain, "_password")
}

// connectionNames lists the connection parameters and security schemes of a
// connector, and the two parts of basic credentials.
func connectionNames(pkg *connector.Package) []string {
	names := []string{"username", "password"}
	add := func(n *connector.Node) {
		for member := range n.Members {
			if !slices.Contains(names, member.Key()) {
				names = append(names, member.Key())
			}
		}
	}
	properties := pkg.Properties.Root.Get("properties")
	add(properties.Get("connectionParameters"))
	for set := range properties.At("connectionParameterSets", "values").Items {
		add(set.Get("parameters"))
	}
	add(pkg.Definition.Root.Get("securityDefinitions"))
	return names
}
