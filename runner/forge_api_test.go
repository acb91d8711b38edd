package runner

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/precert/precert/finding"
)

// forgeDefinition is a code host of the kind that knows organizations, people and
// repositories by name, though all have numeric ids, that counts issues within
// their repository, and where a member of an organization is a user.
const forgeDefinition = `{
  "swagger": "2.0", "info": {"title": "Fabrikam Forge", "version": "1.0"}, "host": "forge.fabrikam.com", "schemes": ["https"],
  "consumes": ["application/json"], "produces": ["application/json"], "securityDefinitions": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}, "security": [{"key": []}],
  "paths": {
    "/admin/orgs": {"get": {"operationId": "ListOrgs", "responses": {"200": {"description": "Organizations", "schema": {"type": "array", "items": {"$ref": "#/definitions/Org"}}}}}},
    "/orgs": {"post": {"operationId": "CreateOrg", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["username"], "properties": {"username": {"type": "string"}, "website": {"type": "string"}}}}], "responses": {"201": {"description": "Organization", "schema": {"$ref": "#/definitions/Org"}}}}},
    "/orgs/{org}": {"parameters": [{"$ref": "#/parameters/org"}],
      "get": {"operationId": "GetOrg", "responses": {"200": {"description": "Organization", "schema": {"$ref": "#/definitions/Org"}}}},
      "delete": {"operationId": "DeleteOrg", "responses": {"204": {"description": "Deleted"}}}},
    "/orgs/{org}/rename": {"parameters": [{"$ref": "#/parameters/org"}],
      "post": {"operationId": "RenameOrg", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["new_name"], "properties": {"new_name": {"type": "string"}}}}], "responses": {"204": {"description": "Renamed"}}}},
    "/orgs/{org}/repos": {"parameters": [{"$ref": "#/parameters/org"}],
      "get": {"operationId": "ListRepos", "responses": {"200": {"description": "Repositories", "schema": {"type": "array", "items": {"$ref": "#/definitions/Repo"}}}}},
      "post": {"operationId": "CreateRepo", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}}], "responses": {"201": {"description": "Repository", "schema": {"$ref": "#/definitions/Repo"}}}}},
    "/orgs/{org}/members/{username}": {"parameters": [{"$ref": "#/parameters/org"}, {"name": "username", "in": "path", "required": true, "type": "string"}],
      "get": {"operationId": "IsMember", "responses": {"204": {"description": "The user is a member"}, "404": {"description": "The user is no member"}}},
      "put": {"operationId": "AddMember", "responses": {"204": {"description": "Added"}}},
      "delete": {"operationId": "RemoveMember", "responses": {"204": {"description": "Removed"}}}},
    "/users": {
      "get": {"operationId": "ListUsers", "responses": {"200": {"description": "Users", "schema": {"type": "array", "items": {"$ref": "#/definitions/User"}}}}},
      "post": {"operationId": "CreateUser", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["login"], "properties": {"login": {"type": "string"}, "visibility": {"type": "string"}}}}], "responses": {"201": {"description": "User", "schema": {"$ref": "#/definitions/User"}}}}},
    "/users/{username}": {"parameters": [{"name": "username", "in": "path", "required": true, "type": "string"}],
      "get": {"operationId": "GetUser", "responses": {"200": {"description": "User", "schema": {"$ref": "#/definitions/User"}}}},
      "delete": {"operationId": "DeleteUser", "responses": {"204": {"description": "Deleted"}}}},
    "/repos/{owner}/{repo}": {"parameters": [{"$ref": "#/parameters/owner"}, {"$ref": "#/parameters/repo"}],
      "get": {"operationId": "GetRepo", "responses": {"200": {"description": "Repository", "schema": {"$ref": "#/definitions/Repo"}}}},
      "patch": {"operationId": "EditRepo", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "properties": {"name": {"type": "string"}, "description": {"type": "string"}}}}], "responses": {"200": {"description": "Repository", "schema": {"$ref": "#/definitions/Repo"}}}},
      "delete": {"operationId": "DeleteRepo", "responses": {"204": {"description": "Deleted"}}}},
    "/repos/{owner}/{repo}/issues": {"parameters": [{"$ref": "#/parameters/owner"}, {"$ref": "#/parameters/repo"}],
      "get": {"operationId": "ListIssues", "responses": {"200": {"description": "Issues", "schema": {"type": "array", "items": {"$ref": "#/definitions/Issue"}}}}},
      "post": {"operationId": "CreateIssue", "parameters": [{"name": "body", "in": "body", "required": true, "schema": {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}}}], "responses": {"201": {"description": "Issue", "schema": {"$ref": "#/definitions/Issue"}}}}},
    "/repos/{owner}/{repo}/issues/{index}": {"parameters": [{"$ref": "#/parameters/owner"}, {"$ref": "#/parameters/repo"}, {"name": "index", "in": "path", "required": true, "type": "integer", "description": "index of the issue"}],
      "get": {"operationId": "GetIssue", "responses": {"200": {"description": "Issue", "schema": {"$ref": "#/definitions/Issue"}}}},
      "delete": {"operationId": "DeleteIssue", "responses": {"204": {"description": "Deleted"}}}},
    "/repos/{owner}/{repo}/releases/latest": {"parameters": [{"$ref": "#/parameters/owner"}, {"$ref": "#/parameters/repo"}],
      "get": {"operationId": "GetLatestRelease", "responses": {"200": {"description": "Release", "schema": {"type": "object", "properties": {"tag": {"type": "string"}}}}}}},
    "/repos/{owner}/{repo}/transfer/accept": {"parameters": [{"$ref": "#/parameters/owner"}, {"$ref": "#/parameters/repo"}],
      "post": {"operationId": "AcceptTransfer", "responses": {"202": {"description": "Accepted"}}}},
    "/repos/{owner}/{repo}/team": {"parameters": [{"$ref": "#/parameters/owner"}, {"$ref": "#/parameters/repo"}],
      "get": {"operationId": "GetTeam", "responses": {"200": {"description": "Team", "schema": {"type": "object", "properties": {"name": {"type": "string"}}}}}}}
  },
  "parameters": {
    "org": {"name": "org", "in": "path", "required": true, "type": "string"},
    "owner": {"name": "owner", "in": "path", "required": true, "type": "string", "description": "owner of the repo"},
    "repo": {"name": "repo", "in": "path", "required": true, "type": "string", "description": "name of the repo"}
  },
  "definitions": {
    "Org": {"type": "object", "required": ["id", "username"], "properties": {"id": {"type": "integer"}, "username": {"type": "string"}}},
    "User": {"type": "object", "required": ["id", "login"], "properties": {"id": {"type": "integer"}, "login": {"type": "string"}}},
    "Repo": {"type": "object", "required": ["id", "name", "owner", "url"], "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "owner": {"$ref": "#/definitions/User"}, "url": {"type": "string"}}},
    "Issue": {"type": "object", "required": ["id", "number", "title"], "properties": {"id": {"type": "integer"}, "number": {"type": "integer"}, "title": {"type": "string"}}}
  }
}`

type forgeRepo struct {
	id, issues int
	name       string
	titles     map[int]string
}

type forgeOrg struct {
	id      int
	repos   map[string]*forgeRepo
	members map[string]bool
}

type forgeAPI struct {
	mu    sync.Mutex
	next  int
	orgs  map[string]*forgeOrg
	users map[string]int
	// deaf: the organizations that are made cannot be read.
	deaf   bool
	harmed []string
}

func newForge() *forgeAPI {
	a := &forgeAPI{next: 40, orgs: map[string]*forgeOrg{}, users: map[string]int{"ann": 7}}
	// The ids of things differ from one another and from the numbers within them.
	a.orgs["fabrikam"] = &forgeOrg{id: 3, members: map[string]bool{"ann": true}, repos: map[string]*forgeRepo{"plans": {id: 21, name: "plans", issues: 1, titles: map[int]string{1: "keep me"}}}}
	return a
}

func (a *forgeAPI) id() int { a.next++; return a.next }

var forgeName = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

func (a *forgeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	answer := answerJSON(w)
	fail := func(status int, text string) {
		answer(status, map[string]any{"message": text, "url": "https://forge.fabrikam.com/api/help"})
	}
	var body map[string]any
	if r.Method == http.MethodPost || r.Method == http.MethodPatch {
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil && !strings.HasSuffix(r.URL.Path, "/accept") {
			fail(http.StatusUnprocessableEntity, "the body is no JSON object")
			return
		}
	}
	// name takes a new name; fails where it is none.
	name := func(field string) (string, bool) {
		text, ok := body[field].(string)
		if !ok || !forgeName.MatchString(text) {
			fail(http.StatusUnprocessableEntity, "["+strings.ToUpper(field[:1])+field[1:]+"]: AlphaDashDot")
			return "", false
		}
		if field == "new_name" || field == "username" {
			if _, taken := a.orgs[text]; taken {
				fail(http.StatusConflict, "the name is taken")
				return "", false
			}
		}
		return text, true
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.Header.Get("X-Key") != notesKey:
		fail(http.StatusUnauthorized, "sign in first")
	case r.URL.Path == "/admin/orgs":
		out := []any{}
		for _, login := range sortedKeys(a.orgs) {
			out = append(out, a.org(login))
		}
		answer(http.StatusOK, out)
	case r.URL.Path == "/orgs":
		if login, ok := name("username"); ok {
			a.orgs[login] = &forgeOrg{id: a.id(), repos: map[string]*forgeRepo{}, members: map[string]bool{}}
			answer(http.StatusCreated, a.org(login))
		}
	case r.URL.Path == "/users" && r.Method == http.MethodGet:
		out := []any{}
		for _, login := range sortedKeys(a.users) {
			out = append(out, map[string]any{"id": a.users[login], "login": login})
		}
		answer(http.StatusOK, out)
	case r.URL.Path == "/users":
		if visibility, there := body["visibility"]; there && visibility != "public" {
			fail(http.StatusUnprocessableEntity, "[Visibility]: In")
			return
		}
		if login, ok := name("login"); ok {
			a.users[login] = a.id()
			answer(http.StatusCreated, map[string]any{"id": a.users[login], "login": login})
		}
	case parts[0] == "users":
		id, there := a.users[parts[1]]
		switch {
		case !there:
			fail(http.StatusNotFound, "user does not exist")
		case r.Method == http.MethodDelete:
			a.harm(parts[1] == "ann", parts[1])
			delete(a.users, parts[1])
			answer(http.StatusNoContent, nil)
		default:
			answer(http.StatusOK, map[string]any{"id": id, "login": parts[1]})
		}
	case parts[0] == "orgs":
		a.inOrg(r, parts[1:], name, answer, fail)
	case len(parts) >= 3 && a.orgs[parts[1]] != nil && a.orgs[parts[1]].repos[parts[2]] != nil:
		a.inRepo(r, parts[1], a.orgs[parts[1]].repos[parts[2]], parts[3:], body, answer, fail)
	default:
		fail(http.StatusNotFound, "The target couldn't be found.")
	}
}

func (a *forgeAPI) harm(yes bool, what string) {
	if yes {
		a.harmed = append(a.harmed, what)
	}
}

func (a *forgeAPI) org(login string) map[string]any {
	return map[string]any{"id": a.orgs[login].id, "username": login}
}

func (a *forgeAPI) inOrg(r *http.Request, parts []string, name func(string) (string, bool), reply func(int, any), fail func(int, string)) {
	org := a.orgs[parts[0]]
	switch {
	case org == nil || a.deaf && parts[0] != "fabrikam":
		fail(http.StatusNotFound, "GetOrgByName")
	case len(parts) == 1 && r.Method == http.MethodGet:
		reply(http.StatusOK, a.org(parts[0]))
	case len(parts) == 1 && len(org.repos) > 0:
		fail(http.StatusConflict, "the organization still has repositories")
	case len(parts) == 1:
		a.harm(parts[0] == "fabrikam", parts[0])
		delete(a.orgs, parts[0])
		reply(http.StatusNoContent, nil)
	case parts[1] == "rename":
		if login, ok := name("new_name"); ok {
			a.harm(parts[0] == "fabrikam", parts[0])
			a.orgs[login] = org
			delete(a.orgs, parts[0])
			reply(http.StatusNoContent, nil)
		}
	case parts[1] == "repos" && r.Method == http.MethodGet:
		out := []any{}
		for _, repo := range sortedKeys(org.repos) {
			out = append(out, a.repo(parts[0], org.repos[repo]))
		}
		reply(http.StatusOK, out)
	case parts[1] == "repos":
		if login, ok := name("name"); ok {
			if org.repos[login] != nil {
				fail(http.StatusConflict, "the repository already exists")
				return
			}
			org.repos[login] = &forgeRepo{id: a.id(), name: login, titles: map[int]string{}}
			reply(http.StatusCreated, a.repo(parts[0], org.repos[login]))
		}
	case a.users[parts[2]] == 0:
		fail(http.StatusNotFound, "user does not exist")
	case r.Method == http.MethodGet && !org.members[parts[2]]:
		fail(http.StatusNotFound, "no member")
	default:
		if r.Method != http.MethodGet {
			a.harm(parts[2] == "ann" && r.Method == http.MethodDelete, "ann's membership")
			org.members[parts[2]] = r.Method == http.MethodPut
		}
		reply(http.StatusNoContent, nil)
	}
}

func (a *forgeAPI) repo(owner string, repo *forgeRepo) map[string]any {
	return map[string]any{"id": repo.id, "name": repo.name, "owner": map[string]any{"id": a.orgs[owner].id, "login": owner}, "url": "https://forge.fabrikam.com/api/v1/repos/" + owner + "/" + repo.name}
}

func (a *forgeAPI) inRepo(r *http.Request, owner string, repo *forgeRepo, parts []string, body map[string]any, reply func(int, any), fail func(int, string)) {
	issue := func(n int) map[string]any {
		return map[string]any{"id": 1000*repo.id + n, "number": n, "title": repo.titles[n]}
	}
	title, isText := body["title"].(string)
	switch {
	case len(parts) == 0 && r.Method == http.MethodGet:
		reply(http.StatusOK, a.repo(owner, repo))
	case len(parts) == 0 && r.Method == http.MethodDelete:
		a.harm(repo.id == 21, repo.name)
		delete(a.orgs[owner].repos, repo.name)
		reply(http.StatusNoContent, nil)
	case len(parts) == 0:
		a.harm(repo.id == 21, repo.name)
		if other, ok := body["name"].(string); ok && other != repo.name {
			// What is renamed leaves its old name to nobody.
			delete(a.orgs[owner].repos, repo.name)
			repo.name = other
			a.orgs[owner].repos[other] = repo
		}
		reply(http.StatusOK, a.repo(owner, repo))
	case parts[0] == "team":
		fail(http.StatusMethodNotAllowed, "the repository is not owned by an enterprise")
	case parts[0] != "issues":
		fail(http.StatusNotFound, "The target couldn't be found.")
	case len(parts) == 1 && r.Method == http.MethodGet:
		out := []any{}
		for n := range repo.issues + 1 {
			if repo.titles[n] != "" {
				out = append(out, issue(n))
			}
		}
		reply(http.StatusOK, out)
	case len(parts) == 1 && (!isText || title == ""):
		fail(http.StatusUnprocessableEntity, "title is required")
	case len(parts) == 1:
		repo.issues++
		repo.titles[repo.issues] = title
		reply(http.StatusCreated, issue(repo.issues))
	default:
		n, err := strconv.Atoi(parts[1])
		switch {
		case err != nil || repo.titles[n] == "":
			fail(http.StatusNotFound, "issue does not exist")
		case r.Method == http.MethodDelete:
			a.harm(repo.id == 21, repo.titles[n])
			delete(repo.titles, n)
			reply(http.StatusNoContent, nil)
		default:
			reply(http.StatusOK, issue(n))
		}
	}
}

func exerciseForge(t *testing.T, api *forgeAPI) *Result {
	t.Helper()
	return exerciseAPI(t.Context(), t, forgeDefinition, api, Options{Connection: map[string]string{"key": notesKey}})
}

func TestThingsKnownByNameAreNamedByIt(t *testing.T) {
	api := newForge()
	result := exerciseForge(t, api)
	excused := map[string]string{
		"GetLatestRelease": "there is none yet",
		"AcceptTransfer":   "nothing waits for it",
		"GetTeam":          "405",
	}
	for _, op := range result.Operations {
		assert.NotEqual(t, finding.Failed, op.Verdict, "%s: %s", op.OperationID, op.Reason)
		if why := excused[op.OperationID]; why != "" {
			assert.Contains(t, op.Reason, why, op.OperationID)
			continue
		}
		assert.GreaterOrEqual(t, op.Successes, 10, "%s: %s", op.OperationID, op.Reason)
	}
	assert.Empty(t, api.harmed, "what was there before is not touched")
	assert.Equal(t, []string{"fabrikam"}, sortedKeys(api.orgs), "what was made is deleted, under its new name too: %v", result.Leftovers)
	assert.Equal(t, []string{"ann"}, sortedKeys(api.users), "who is no member any more is still a user, and deleted as such: %v", result.Leftovers)
	assert.Empty(t, result.Leftovers)
}

func TestWhatNoNameFindsIsStillLost(t *testing.T) {
	api := newForge()
	api.deaf = true
	result := exerciseForge(t, api)
	op := outcomeOf(t, result, "CreateOrg")
	assert.Equal(t, finding.Failed, op.Verdict, op.Reason)
	assert.True(t, slices.ContainsFunc(op.Checks, func(c finding.Check) bool {
		return c.Check == checkCreated && c.Verdict == finding.Failed
	}), fmt.Sprint(op.Checks))
}
