package runner

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
)

// hazard is one family of operations that can lock the runner out, or do harm
// that no deletion takes back.
type hazard struct {
	// harm completes "it may …".
	harm string
	// An operation is hazardous when its words hold one of each list.
	all [][]string
	// deletes says that deletions of things the run created are not exempt.
	deletes bool
	// whole says that it is harmless to one thing that the run created.
	whole bool
}

// hazards are matched against the words of the operationId, the path and the
// summary's first words. What only reads is never hazardous. Creating a message
// in a chat is not either: it reaches whom the test account reaches; sending
// mail, text messages and money is.
func hazards() []hazard {
	w := strings.Fields
	return []hazard{
		{"change the credentials that this run uses", [][]string{w("password passwd changepw passphrase")}, false, false},
		{"change the credentials that this run uses", [][]string{w("change reset rotate regenerate renew roll revoke invalidate disable replace"), w("credential credentials secret secrets key keys apikey token tokens session sessions certificate consent")}, true, true},
		{"end the session that this run uses", [][]string{w("logout signout logoff signoff")}, true, false},
		{"end the session that this run uses", [][]string{w("log sign"), w("out off")}, true, false},
		{"lock everybody out", [][]string{w("auth authentication mfa sso twofactor tfa otp"), w("enable disable reset activate deactivate enforce")}, true, false},
		{"delete more than this run created", [][]string{w("prune purge truncate wipe flush compact compaction vacuum cleanup gc")}, true, true},
		{"delete more than this run created", [][]string{w("delete remove clear destroy erase drop"), w("all everything bulk batch many multiple")}, true, true},
		{"reset the service", [][]string{w("reset factory reinitialize reinit")}, true, true},
		{"stop the service", [][]string{w("shutdown restart reboot poweroff halt kill terminate quit drain")}, true, true},
		{"stop the service", [][]string{w("shut"), w("down")}, true, true},
		{"block the service", [][]string{w("defragment defrag reindex rebuild failover")}, true, true},
		{"break the cluster", [][]string{w("cluster swarm quorum raft leader leadership"), w("add remove delete update promote demote join leave init move transfer change set unlock evict")}, true, false},
		{"switch the service's alarms on or off", [][]string{w("maintenance system cluster"), w("alarm alarms")}, true, false},
		{"restore or overwrite the service's data", [][]string{w("restore rollback"), w("backup snapshot database system server")}, true, false},
		{"send messages to people", [][]string{w("send resend"), w("email emails mail mails sms fax letter whatsapp text invitation invitations invite newsletter campaign")}, true, false},
		{"send messages to people", [][]string{w("sendmail sendemail sendsms")}, true, false},
		{"call people", [][]string{w("make place start"), w("phonecall phone dial")}, true, false},
		{"move money", [][]string{w("pay payout payouts charge capture refund withdraw transfer wire purchase"), w("payment payments money fund funds charge charges invoice invoices balance card cards payout payouts refund refunds order orders bill bills bank wallet")}, true, false},
		{"move money", [][]string{w("create make execute send submit"), w("payment payments payout payouts refund refunds charge charges transfer transfers")}, true, false},
	}
}

// danger says what harm an unsafe operation may do, "" when none is recognised.
func danger(o *operation) string {
	if o.reads() {
		return dangerousRead(o)
	}
	said := operationWords(o)
	if ownAccount(o, said) || o.belowAccount {
		return "change the account that this run uses"
	}
	for _, h := range hazards() {
		if !h.deletes && o.Method == http.MethodDelete || h.whole && o.ownOnly() && strings.Contains(o.Path, "{") {
			continue
		}
		if !slices.ContainsFunc(h.all, func(list []string) bool { return !hasAny(said, list) }) {
			return h.harm
		}
	}
	return ""
}

// dangerousRead recognises what changes things although its method only reads.
// One word that names the deed must stand where the verb stands.
func dangerousRead(o *operation) string {
	said := []string{norm(lastLiteral(o.Path))}
	if id := words(o.ID); len(id) > 0 {
		said = append(said, id[0], norm(o.ID))
	}
	for _, h := range []hazard{
		{harm: "end the session that this run uses", all: [][]string{strings.Fields("logout signout logoff signoff")}},
		{harm: "stop the service", all: [][]string{strings.Fields("shutdown restart reboot poweroff")}},
		{harm: "delete something although it is a " + o.Method, all: [][]string{strings.Fields("delete remove purge flush prune wipe revoke reset")}},
	} {
		if hasAny(said, h.all[0]) {
			return h.harm
		}
	}
	return ""
}

// ownAccount reports whether an operation changes or deletes the account that
// calls it. What lies below it, such as /me/tasks/{id}, is not the account.
func ownAccount(o *operation, said []string) bool {
	mine := !strings.Contains(o.Path, "{") && slices.ContainsFunc(literals(o.Path), func(segment string) bool {
		return slices.Contains(strings.Fields("me self myself currentuser ownaccount"), norm(segment))
	})
	return mine && hasAny(said, strings.Fields("update delete close deactivate disable change remove archive suspend"))
}

// findOwnAccount marks what changes the account that calls it. Where GET /user
// answers one thing without being told which, /user is the caller, and what is
// changed below it is the caller's own; things that are made there are not.
func findOwnAccount(ops []*operation) {
	var roots []string
	for _, o := range ops {
		path := strings.TrimRight(o.Path, "/")
		if o.Method != http.MethodGet || strings.Contains(path, "{") || o.kind != kindRead {
			continue
		}
		if slices.Contains(strings.Fields("me self myself current currentuser user account profile whoami"), norm(lastLiteral(path))) {
			roots = append(roots, path)
		}
	}
	for _, o := range ops {
		path := strings.TrimRight(o.Path, "/")
		if o.reads() || strings.Contains(path, "{") {
			continue
		}
		for _, root := range roots {
			at := path == root && o.Method != http.MethodPost
			below := strings.HasPrefix(path, root+"/") && (o.kind != kindCreate || !collects(ops, path))
			o.belowAccount = o.belowAccount || at || below
		}
	}
}

// collects reports whether a path is that of a collection: it is listed, or one of its things has a path.
func collects(ops []*operation, path string) bool {
	return slices.ContainsFunc(ops, func(o *operation) bool {
		return o.kind == kindList && strings.TrimRight(o.Path, "/") == path || isItemOf(o.Path, path)
	})
}

// signsIn reports whether an operation takes a user's own name and password for
// a token: no made-up ones will do.
func signsIn(def *connector.Definition, o *connector.Operation) bool {
	said := append(words(lastLiteral(o.Path)), words(o.ID)...)
	if !hasAny(said, strings.Fields("login signin logon authenticate authorize token session sessions")) && !hasAny(said, []string{"log", "sign"}) {
		return false
	}
	secret := func(name string) bool {
		return hasAny(words(name), strings.Fields("password passwd secret pass passcode"))
	}
	if slices.ContainsFunc(o.Parameters, func(p *connector.Parameter) bool { return secret(p.Name) }) {
		return true
	}
	return slices.ContainsFunc(def.Properties(bodySchema(o)), func(property *connector.Node) bool { return secret(property.Key()) })
}

func hasAny(said, list []string) bool {
	return slices.ContainsFunc(said, func(w string) bool { return slices.Contains(list, w) })
}

func lastLiteral(path string) string {
	if segments := literals(path); len(segments) > 0 {
		return segments[len(segments)-1]
	}
	return ""
}

// operationWords are the words that an operation is recognised by.
func operationWords(o *operation) []string {
	said := words(o.ID)
	for _, segment := range literals(o.Path) {
		said = append(said, words(segment)...)
		said = append(said, norm(segment))
	}
	switch o.Method {
	case http.MethodDelete:
		said = append(said, "delete")
	case http.MethodPut, http.MethodPatch:
		said = append(said, "update")
	}
	if o.ID == "" || len(words(o.ID)) < 2 {
		summary := words(o.Node.Get("summary").String())
		said = append(said, summary[:min(len(summary), 4)]...)
	}
	return said
}

// yamlKey is a name as it stands as a key of precert.yaml.
func yamlKey(name string) string {
	if strings.ContainsAny(name, " {}[],:#&*!|>'\"%@`") {
		return strconv.Quote(name)
	}
	return name
}

// hazardMend is the line that lets an operation run all the same.
func hazardMend(o *connector.Operation) string {
	return "operations: {" + yamlKey(operationName(o)) + ": {allow: true}}"
}
