package runner

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oneOperation is a definition with a single operation.
func oneOperation(method, path, id string) string {
	return fmt.Sprintf(`{"swagger": "2.0", "host": "api.fabrikam.com", "paths": {%q: {%q: {"operationId": %q, "responses": {"200": {"description": "OK"}}}}}}`, path, method, id)
}

func TestDangerIsRecognised(t *testing.T) {
	for _, c := range []struct{ method, path, id, harm string }{
		{"post", "/users/{id}/changepw", "UserChangePassword", "change the credentials that this run uses"},
		{"put", "/current/user/password", "updateCurrentUser", "change the credentials that this run uses"},
		{"post", "/keys/rotate", "RotateKeys", "change the credentials that this run uses"},
		{"post", "/oauth/token/revoke", "RevokeToken", "change the credentials that this run uses"},
		{"delete", "/me", "DeleteMe", "change the account that this run uses"},
		{"post", "/session/logout", "Logout", "end the session that this run uses"},
		{"post", "/v3/auth/enable", "AuthEnable", "lock everybody out"},
		{"post", "/containers/prune", "ContainerPrune", "delete more than this run created"},
		{"post", "/kv/compaction", "Compact", "delete more than this run created"},
		{"delete", "/messages", "deleteAllMessages", "delete more than this run created"},
		{"post", "/device/reset", "FactoryReset", "reset the service"},
		{"post", "/admin/shutdown", "Shutdown", "stop the service"},
		{"post", "/maintenance/defragment", "Defragment", "block the service"},
		{"post", "/v3/cluster/member/remove", "MemberRemove", "break the cluster"},
		{"post", "/mail/send", "SendEmail", "send messages to people"},
		{"post", "/sms", "SendSMS", "send messages to people"},
		{"post", "/payments", "CreatePayment", "move money"},
		{"post", "/invoices/{id}/refund", "RefundInvoice", "move money"},
		{"get", "/logout", "", "end the session that this run uses"},
		{"get", "/item/delete", "item_delete", "delete something although it is a GET"},
		{"get", "/users/{id}/password", "GetPasswordPolicy", ""},
		{"get", "/deleted-items", "ListDeletedItems", ""},
		{"get", "/reset-policies", "GetResetPolicies", ""},
		{"post", "/channels/{id}/messages", "CreateMessage", ""},
		{"delete", "/me/tasks/{id}", "DeleteTask", ""},
		{"post", "/teams/{id}/members", "AddTeamMember", ""},
		{"post", "/orders", "CreateOrder", ""},
		{"delete", "/notes/{id}", "DeleteNote", ""},
		{"post", "/auth/role/add", "RoleAdd", ""},
		{"post", "/auth/role/revoke", "RoleRevokePermission", ""},
		{"post", "/lease/revoke", "LeaseRevoke", ""},
		{"post", "/search", "SearchAll", ""},
		{"post", "/tokens/{id}/regenerate", "RegenerateToken", ""},
		{"post", "/users/password-reset", "ResetPassword", "change the credentials that this run uses"},
		{"delete", "/sessions", "DeleteAllSessions", "delete more than this run created"},
		{"put", "/me/settings", "UpdateMySettings", "change the account that this run uses"},
		{"post", "/me/messages", "CreateMyMessage", ""},
		{"patch", "/me", "UpdateMe", "change the account that this run uses"},
		{"post", "/account/me/deactivate", "DeactivateMe", "change the account that this run uses"},
		{"post", "/tokens/regenerate", "RegenerateToken", "change the credentials that this run uses"},
		{"post", "/contracts/{id}/terminate", "TerminateContract", ""},
		{"post", "/filters/{id}/reset", "ResetFilter", ""},
		{"delete", "/keys/{keyId}", "RevokeKey", ""},
		{"post", "/system/restart", "RestartSystem", "stop the service"},
		{"post", "/nodes/{id}/drain", "DrainNode", ""},
		{"post", "/database/restore", "RestoreDatabase", "restore or overwrite the service's data"},
		{"post", "/newsletter/send", "SendNewsletter", "send messages to people"},
		{"post", "/invitations/{id}/resend", "ResendInvitation", "send messages to people"},
		{"post", "/transfers", "CreateTransfer", "move money"},
		{"post", "/cache/flush", "FlushCache", "delete more than this run created"},
		{"delete", "/boards/{id}/cards", "DeleteAllCards", ""},
		{"post", "/boards/{id}/archive", "ArchiveBoard", ""},
		{"put", "/boards/{id}", "UpdateBoard", ""},
		{"post", "/feedback", "SendFeedback", ""},
		{"post", "/translate", "TranslateText", ""},
	} {
		t.Run(c.method+c.path, func(t *testing.T) {
			ops := newOperations(pkgOf(t, oneOperation(c.method, c.path, c.id), "").Definition, Options{})
			require.Len(t, ops, 1)
			assert.Equal(t, c.harm, danger(ops[0]))
		})
	}
}

func TestDangerousOperationRunsWhenAllowedByName(t *testing.T) {
	definition := oneOperation("post", "/admin/restart", "Restart")
	opts := Options{Allow: []string{"POST"}, DryRun: true}
	result, err := Run(t.Context(), pkgOf(t, definition, ""), opts)
	require.NoError(t, err)
	assert.Empty(t, result.Plan)
	assert.Equal(t, "not run because it may stop the service", result.Operations[0].Reason)
	assert.Equal(t, "operations: {Restart: {allow: true}}", result.Operations[0].Mend)
	opts.Operations = map[string]OperationOptions{"Restart": {Allow: true}}
	result, err = Run(t.Context(), pkgOf(t, definition, ""), opts)
	require.NoError(t, err)
	assert.Len(t, result.Plan, 1)
}
