package runner

// level is how much of a body is sent.
type level int

// The levels. Lean adds what names the thing and what is enumerated, moderate
// all optional properties that describe it.
const (
	levelMinimal level = iota
	levelLean
	levelModerate
	// levelEcho sends back what a thing is known to be.
	levelEcho
	levelFull
)

// salted moves the attempts of a form that met values already taken far away from all others.
const salted = 101

// renewed moves them so far that texts differ, and a choice among few does not.
const renewed = 5040

// form is how an operation's requests are composed. It begins with what the
// definition suggests and settles on what the API takes.
type form struct {
	// tried counts the levels that were refused; settled stops trying others.
	tried   int
	settled bool
	fixed   level
	// steady: a varied request was refused, so nothing optional varies any more.
	steady bool
	// repeat: a request with other values was refused, so the first that was taken is repeated.
	repeat bool
	// renew: what is repeated makes a thing, so only its choices stay as they were.
	renew bool
	// taken is the number of the first call that was taken.
	taken int
	// favourite is a thing on which the operation is known to work.
	favourite *record
	// pinned is the thing below which creations go on, as what is asked for differs from one to the next.
	pinned *record
	// salt changes generated values after a conflict with existing ones.
	salt int
	// lessons are refusals that named what to change; they are applied to every request.
	lessons []lesson
	// plain are the places of a body where only identifiers are taken.
	plain map[string]bool
	// upload is the kind of file that a refusal asked for, nil when none did.
	upload *fileKind
	// fresh: what was there already may not be deleted, so each deletion gets a new thing.
	fresh bool
	// existing: it puts something into its place that must be there already, such
	// as a user into a team; one of the run's own is taken.
	existing bool
	// detached are the things that it took off another one; they stay.
	detached []*record
	// borrows are the places of a body that name a thing of this resource.
	borrows map[string]string
	// unmasked are fields that may not be named among those to be changed.
	unmasked []string
}

// lesson is a refusal that named an input.
type lesson struct {
	// in and name say which parameter was changed, answer what the API said.
	in, name, answer string
}

// attempt is the number that generated values depend on.
func (f *form) attempt(call int) int {
	switch {
	case f.repeat && f.renew:
		return f.taken + (call+f.salt)*renewed
	case f.repeat:
		call = f.taken
	}
	return call + f.salt*salted
}

// ladder is the order in which levels are tried.
func ladder(strict bool) []level {
	if strict {
		return []level{levelMinimal, levelModerate, levelLean, levelEcho, levelFull}
	}
	return []level{levelModerate, levelLean, levelEcho, levelMinimal, levelFull}
}

// levelFor is the level of one call. Once a level is settled, every other call
// of a strict body adds optional properties.
func (f *form) levelFor(call int, strict bool) level {
	if !f.settled {
		return ladder(strict)[min(f.tried, len(ladder(strict))-1)]
	}
	if strict && f.fixed == levelMinimal && !f.steady && call%2 == 1 {
		return levelModerate
	}
	return f.fixed
}

// varies reports whether an optional parameter is sent on this call.
func (f *form) varies(call int, variable bool) bool {
	return variable && f.settled && !f.steady && call%2 == 1
}

// settle keeps the level of a call that was accepted.
func (f *form) settle(call int, strict bool) {
	if !f.settled {
		f.fixed, f.settled, f.taken = f.levelFor(call, strict), true, call
	}
}
