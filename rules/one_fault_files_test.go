package rules_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
	"github.com/precert/precert/fixtures"
	"github.com/precert/precert/rules"
)

// One fault in a file beside the definition of a sound connector gives one
// finding too. old is replaced by new in the file; a file that is not there is made of new.
func TestOneFaultInAnotherFileGivesOneFinding(t *testing.T) {
	for _, c := range []struct{ name, file, old, new, want string }{
		{"nothing", "readme.md", "", "", ""},
		{"publisher beside properties", "apiProperties.json", `"publisher": "Tidewell"`, `"publisher_": "Tidewell"`, "PublisherMissing"},
		{"text of a template", "apiProperties.json", "The access key of your Tidewell Desk user.", "<<Enter here your description>>", "TemplateTextLeft"},
		{"operation in base64", "apiProperties.json", `"AddComment"`, `"QWRkQ29tbWVudA=="`, "ListedOperationNotFound"},
		{"policy without prefixes", "apiProperties.json", `"x-ms-apimTemplateParameter.name": "X-Desk-Client"`, `"name": "X-Desk-Client"`, "PolicyParameterMissing"},
		{"brand colour white", "apiProperties.json", "#1f6f5c", "#ffffff", "IconBrandColorNotValid"},
		{"code fence", "script.csx", "public class Script", "```csharp\npublic class Script", "ScriptSyntaxNotValid"},
		{"static class", "script.csx", "public class Script", "public abstract class Script", "ScriptClassNotValid"},
		{"key in code", "script.csx", "{\n", "{\n    private const string ApiKey = \"q7Rz0pLw83KdNv" + "B5xTfY2mJc6HsGa9Ue\";\n", "SecretSuspected"},
		{"library", "script.csx", "public class", "#r \"nuget: Polly\"\npublic class", "ScriptNamespaceNotSupported"},
		{"note to oneself", "readme.md", "## Prerequisites", "## Prerequisites\nTODO: ask for the plans.\n", "ReadmeTemplateTextLeft"},
		{"image by reference", "readme.md", "## Prerequisites", "## Prerequisites\n![Plans][plans]\n\n[plans]: plans.png\n", "ReadmeImageNotFound"},
		{"image of the author", "intro.md", "## Prerequisites", "## Prerequisites\n<img src='C:\\plans.png'>\n", "ReadmeImageNotFound"},
		{"environment", ".env", "", "CLIENT_SECRET=q7Rz0pLw83KdNv" + "B5xTfY2mJc6HsGa9Ue\n", "SecretSuspected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := fstest.MapFS{}
			for _, name := range []string{"apiDefinition.swagger.json", "apiProperties.json", "icon.png", "intro.md", "readme.md", "script.csx"} {
				content, err := fs.ReadFile(fixtures.Good(), name)
				require.NoError(t, err)
				files[name] = &fstest.MapFile{Data: content}
			}
			if before := files[c.file]; before != nil {
				require.Contains(t, string(before.Data), c.old)
				files[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(string(before.Data), c.old, c.new, 1))}
			} else {
				files[c.file] = &fstest.MapFile{Data: []byte(c.new)}
			}
			var got []string
			for _, f := range checkWith(t, files, rules.Config{}) {
				if f.Severity > finding.Info {
					got = append(got, f.Rule)
				}
			}
			assert.Equal(t, c.want, strings.Join(got, " "))
		})
	}
}
