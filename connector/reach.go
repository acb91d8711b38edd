package connector

// Reach says who uses one member of definitions, directly or through others.
type Reach struct {
	// Operations are the operations that use it, in document order.
	Operations []*Operation
	// Input and Output say whether bodies, or responses and notifications, do.
	Input, Output bool
}

// Reach returns who uses the definition called name; nil when nobody does.
// The first call walks the whole document: a Definition is for one goroutine
// until then.
func (d *Definition) Reach(name string) *Reach {
	if d.reach == nil {
		d.reach = map[string]*Reach{}
		for _, op := range d.Operations {
			d.reachFrom(op)
		}
	}
	return d.reach[name]
}

func (d *Definition) reachFrom(op *Operation) {
	seen := map[[2]any]bool{}
	for _, p := range op.Parameters {
		d.spread(p.Schema(), op, true, seen)
	}
	for _, r := range op.Responses {
		d.spread(r.Schema(), op, false, seen)
	}
	d.spread(op.Notification.Get("schema"), op, false, seen)
}

func (d *Definition) spread(n *Node, op *Operation, input bool, seen map[[2]any]bool) {
	if !n.IsObject() {
		return
	}
	if ref := n.Get("$ref"); ref.IsString() {
		target := d.Target(ref.String())
		if target == nil || seen[[2]any{target, input}] {
			return
		}
		seen[[2]any{target, input}] = true
		if parent := target.Parent(); parent != nil && parent == d.Root.Get("definitions") {
			d.mark(target.Key(), op, input)
		}
		d.spread(target, op, input, seen)
		return
	}
	for child := range children(n) {
		d.spread(child, op, input, seen)
	}
}

func (d *Definition) mark(name string, op *Operation, input bool) {
	r := d.reach[name]
	if r == nil {
		r = &Reach{}
		d.reach[name] = r
	}
	if len(r.Operations) == 0 || r.Operations[len(r.Operations)-1] != op {
		r.Operations = append(r.Operations, op)
	}
	r.Input = r.Input || input
	r.Output = r.Output || !input
}
