namespace Sallyport.Agent.Tests;

public sealed class PolicyCommandTests
{
    private const string Policy = "# ours\nversion: 1\nmode: block\nallow:\n  - github.com:443 # the forge\n";

    private const string StepPolicy = """
        version: 1
        mode: block
        allow: [github.com:443]
        steps:
          - match: { id: publish }
            allow: [registry.example:443]
        processes:
          - match: { exe: /usr/bin/git }
            allow: [github.com:443]
        """;

    [Fact]
    public async Task A_sound_policy_is_valid()
    {
        using var folder = new TestFolder();
        var outcome = await SallyportProcess.Run("policy", "check", folder.File("p.yml", Policy));
        Assert.Equal(0, outcome.Code);
        Assert.Contains("valid, block, 1 rules", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Allowing_keeps_comments_and_shows_the_change_and_again_changes_nothing()
    {
        using var folder = new TestFolder();
        var file = folder.File("p.yml", Policy);
        var first = await SallyportProcess.Run("policy", "allow", "packages.example.com:8443", "--policy", file);
        Assert.Equal(0, first.Code);
        Assert.Contains("+  - packages.example.com:8443", first.Output, StringComparison.Ordinal);
        var edited = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.StartsWith(Policy, edited, StringComparison.Ordinal);
        var second = await SallyportProcess.Run("policy", "allow", "packages.example.com:8443", "--policy", file);
        Assert.Equal(0, second.Code);
        Assert.Contains("allowed already", second.Output, StringComparison.Ordinal);
        Assert.Equal(edited, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Two_policies_differ_by_what_they_let_through()
    {
        using var folder = new TestFolder();
        var outcome = await SallyportProcess.Run(
            "policy", "diff", folder.File("a.yml", Policy), folder.File("b.yml", Policy + "  - gitlab.com:443\n"));
        Assert.Equal(0, outcome.Code);
        Assert.Contains("+ allow: gitlab.com:443", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_explanation_names_the_line_that_decides()
    {
        using var folder = new TestFolder();
        var outcome = await SallyportProcess.Run("policy", "explain", "github.com:443", "--policy", folder.File("p.yml", Policy));
        Assert.Equal(0, outcome.Code);
        Assert.Contains("p.yml:5", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("allowed", "--step", "publish", "--exe", "/usr/bin/npm")]
    [InlineData("allowed", "--step", "publish")]
    [InlineData("refused", "--step", "publish", "--exe", "/usr/bin/git")]
    [InlineData("refused", "--step", "build")]
    [InlineData("refused")]
    public async Task An_explanation_is_of_the_step_and_the_executable_that_ask(string verdict, params string[] who)
    {
        using var folder = new TestFolder();
        var policy = folder.File("p.yml", StepPolicy);
        var outcome = await SallyportProcess.Run(["policy", "explain", "registry.example:443", "--policy", policy, .. who]);
        Assert.Equal(0, outcome.Code);
        Assert.StartsWith($"tcp to registry.example:443 is {verdict}.", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(
            who.Contains("publish"),
            outcome.Output.Contains("p.yml:5) replaces the top-level list.", StringComparison.Ordinal));
        Assert.Equal(
            who.Contains("/usr/bin/git"),
            outcome.Output.Contains("p.yml:8) replaces the top-level list.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_destination_that_is_many_cannot_be_explained()
    {
        var outcome = await SallyportProcess.Run("policy", "explain", "*.example.com:443");
        Assert.Equal(64, outcome.Code);
        Assert.Contains("accepted:", outcome.Error, StringComparison.Ordinal);
    }
}
