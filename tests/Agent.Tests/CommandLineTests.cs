using System.Text.Json;

namespace Sallyport.Agent.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public async Task An_unknown_option_is_answered_with_the_nearest_one()
    {
        var outcome = await SallyportProcess.Run("run", "--alow", "x.example", "--", "true");
        Assert.Equal(64, outcome.Code);
        Assert.Contains("'--alow' is not an option of 'run'; did you mean '--allow'?", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_command_is_answered_with_the_nearest_one()
    {
        var outcome = await SallyportProcess.Run("docter");
        Assert.Equal(64, outcome.Code);
        Assert.Contains("did you mean 'doctor'?", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no command", "run")]
    [InlineData("no command", "run", "--")]
    [InlineData("after --", "run", "make")]
    [InlineData("accepted: audit or block", "run", "--mode", "strict", "--", "true")]
    [InlineData("accepted: never", "run", "--fail-on", "everything", "--", "true")]
    [InlineData("accepted: a power of two", "run", "--ring-bytes", "5000", "--", "true")]
    [InlineData("accepted: 1 to 131072", "run", "--task-entries", "131073", "--", "true")]
    [InlineData("accepted: 1 to 65536", "run", "--lease-entries", "0", "--", "true")]
    [InlineData("--baseline", "run", "--fail-on", "new", "--", "true")]
    [InlineData("takes no command", "doctor", "--", "true")]
    public async Task A_wrong_line_says_what_would_be_accepted(string expected, params string[] arguments)
    {
        var outcome = await SallyportProcess.Run(arguments);
        Assert.Equal(64, outcome.Code);
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_mistakes_of_a_policy_are_said_at_once_and_nothing_starts()
    {
        using var folder = new TestFolder();
        var marker = Path.Combine(folder.Path, "started");
        var policy = folder.File("p.yml", "version: 1\nmode: strict\nallow:\n  - 'bad host:443'\n  - github.com:99999\n");
        var outcome = await SallyportProcess.Run("run", "--policy", policy, "--", "touch", marker);
        Assert.Equal(64, outcome.Code);
        Assert.Contains("p.yml:2:", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("p.yml:5:", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(marker));
    }

    [Fact]
    public async Task A_policy_that_is_a_folder_cannot_be_read()
    {
        using var folder = new TestFolder();
        var outcome = await SallyportProcess.Run("run", "--policy", folder.Path, "--", "true");
        Assert.Equal(66, outcome.Code);
        Assert.Contains("it is a folder", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_is_not_taken_for_a_file_of_arguments()
    {
        var outcome = await SallyportProcess.Run("policy", "explain", "github.com:443", "--allow", "@github-actions");
        Assert.Equal(0, outcome.Code);
        Assert.Contains("allowed", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_folder_that_cannot_be_written_stops_before_the_start()
    {
        Assert.SkipUnless(SallyportProcess.IsRoot, "needs root: without it the answer is 77");
        var outcome = await SallyportProcess.Run("run", "--output", "/proc/nowhere", "--", "true");
        Assert.Equal(73, outcome.Code);
        Assert.Contains("nothing was started", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_root_a_run_is_not_permitted()
    {
        Assert.SkipUnless(IsReadableForAll(SallyportProcess.Program), "others may not read the folder of this build");
        var outcome = SallyportProcess.IsRoot
            ? await SallyportProcess.RunAt(
                "/", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", SallyportProcess.Program, "run", "--", "true")
            : await SallyportProcess.Run("run", "--", "true");
        Assert.Equal(77, outcome.Code);
        Assert.Contains("sudo", outcome.Error, StringComparison.Ordinal);
    }

    private static bool IsReadableForAll(string program)
    {
        for (var folder = Directory.GetParent(Path.GetFullPath(program)); folder is not null; folder = folder.Parent)
        {
            if (!folder.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
            {
                return false;
            }
        }

        return true;
    }

    [Fact]
    public async Task Doctor_prints_a_document()
    {
        var outcome = await SallyportProcess.Run("doctor", "--json");
        using var document = JsonDocument.Parse(outcome.Output);
        var enforces = document.RootElement.GetProperty("canEnforce").GetBoolean();
        Assert.Equal(enforces ? 0 : 69, outcome.Code);
        Assert.All(
            document.RootElement.GetProperty("checks").EnumerateArray(),
            check => Assert.NotEqual(string.Empty, check.GetProperty("detail").GetString()));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task A_completion_script_names_the_commands(string shell)
    {
        var outcome = await SallyportProcess.Run("completion", shell);
        Assert.Equal(0, outcome.Code);
        Assert.Contains("doctor", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("cgroup-root", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bash_completes_from_the_script()
    {
        using var folder = new TestFolder();
        var script = folder.File("c.bash", (await SallyportProcess.Run("completion", "bash")).Output);
        var outcome = await SallyportProcess.RunAt(folder.Path, "bash", "--norc", "-c",
            $". {script}; COMP_WORDS=(sallyport policy ex); COMP_CWORD=2; _sallyport; echo \"${{COMPREPLY[*]}}\"");
        Assert.Equal("explain", outcome.Output.Trim());
    }

    [Theory]
    [InlineData("--help", "Examples:")]
    [InlineData("--version", "0.")]
    public async Task Help_and_version_are_no_mistakes(string option, string expected)
    {
        var outcome = await SallyportProcess.Run(option);
        Assert.Equal(0, outcome.Code);
        Assert.Contains(expected, outcome.Output, StringComparison.Ordinal);
    }
}
