using System.Text.RegularExpressions;

namespace Sallyport.Runner.Tests;

/// <summary>The environment of each kind of step against the measured lists.</summary>
public sealed partial class EnvironmentTests(MeasuredRun run)
{
    /// <summary>
    /// The emulator's or GitHub's own values, or values that the machine has otherwise: only the name is compared.
    /// </summary>
    private static readonly string[] s_valuesOfTheService =
    [
        "GITHUB_ACTOR", "GITHUB_ACTOR_ID", "GITHUB_TRIGGERING_ACTOR", "GITHUB_REF", "GITHUB_REF_NAME",
            "GITHUB_REPOSITORY_ID",
        "GITHUB_REPOSITORY_OWNER_ID", "GITHUB_SERVER_URL", "GITHUB_SHA", "GITHUB_WORKFLOW_SHA", "GITHUB_WORKFLOW_REF",
        "RUNNER_NAME", "RUNNER_ARCH", "ACTIONS_CACHE_URL", "ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_URL",
            "ACTIONS_RUNTIME_TOKEN",
        "PATH", "STATE_s",
    ];

    [Theory]
    [InlineData("01-action-pre", "hr-pre")]
    [InlineData("02-action-main", "hr-main")]
    [InlineData("03-run-default-shell", "first")]
    [InlineData("04-run-with-id-and-env", "with_id")]
    [InlineData("05-run-shell-bash", "explicit_bash")]
    [InlineData("06-run-shell-sh", "sh_shell")]
    [InlineData("07-run-shell-python", "python_shell")]
    [InlineData("08-composite-inner-run", "inner_world")]
    [InlineData("09-composite-inner-node-action", "node-main-nested")]
    [InlineData("10-composite-nested-2-levels", "nested")]
    [InlineData("11-local-node-action-main", "node-main-n1")]
    [InlineData("12-local-node-action-post", "node-post-n1")]
    [InlineData("13-post-of-composite-inner-node", "node-post-nested")]
    [InlineData("14-action-post", "hr-post")]
    public void A_step_has_the_measured_variables(string sample, string probe)
    {
        Dictionary<string, string> expected = Read(File.ReadLines($"{StandIn.Samples}/env/{sample}.txt"), null);
        Dictionary<string, string> actual = Read(run.Probe(probe, "environ").Split('\n'), run.StandIn.Root);
        // The measured worker had this one from its own environment, so that the list leaves it out.
        expected["RUNNER_TOOL_CACHE"] = "WORK/_tool";
        if (!expected.ContainsKey("PATH"))
        {
            actual.Remove("PATH");
        }

        Assert.Equal(Sorted(expected), Sorted(actual));
    }

    [Fact]
    public void The_path_begins_with_what_an_earlier_step_added_and_only_then()
    {
        Assert.StartsWith("/opt/extra:", Path("explicit_bash"), StringComparison.Ordinal);
        Assert.DoesNotContain("/opt/extra", Path("with_id"), StringComparison.Ordinal);

        string Path(string probe) => run.Probe(probe, "environ").Split('\n')
            .Single(line => line.StartsWith("PATH=", StringComparison.Ordinal))["PATH=".Length..];
    }

    [Fact]
    public void Run_steps_know_no_token_and_every_step_has_CI_and_the_jobs_tracking_id()
    {
        string environ = run.Probe("first", "environ");
        Assert.DoesNotContain("TOKEN", environ, StringComparison.Ordinal);
        Assert.DoesNotContain("DOTNET_ROOT", environ, StringComparison.Ordinal);
        Assert.Contains("\nCI=true\n", $"\n{environ}\n", StringComparison.Ordinal);
        Assert.Contains("\nGITHUB_ACTIONS=true\n", $"\n{environ}\n", StringComparison.Ordinal);
        Assert.Contains(
            $"\nRUNNER_TRACKING_ID={run.StandIn.Job.GetProperty("trackingId").GetString()}\n", $"\n{environ}\n",
                StringComparison.Ordinal);
    }

    [Fact]
    public void The_guid_of_the_file_commands_is_one_per_execution()
    {
        string[] probes = ["hr-pre", "hr-main", "hr-post", "first", "unnamed", "same", "same-again", "inner_world",
            "inner2"];
        Assert.Equal(probes.Length, probes
            .Select(probe => Output().Match(run.Probe(probe, "environ")).Value).Distinct().Count());
    }

    private static Dictionary<string, string> Read(IEnumerable<string> lines, string? root) => lines
        .Select(line => Normal.Form(line, root).Split('=', 2))
        .Where(pair => pair.Length == 2 && Set().IsMatch(pair[0]) && pair[0] is not "GITHUB_ACTIONS")
        .ToDictionary(pair => pair[0], pair => s_valuesOfTheService.Contains(pair[0]) ? "*" : pair[1]);

    private static string Sorted(Dictionary<string, string> variables) =>
        string.Join('\n', variables.Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal));

    [GeneratedRegex("^(?:GITHUB_|RUNNER_|ACTIONS_|INPUT_|STATE_).*|^(?:WF_ENV|STEP_ENV|ENV_FROM_STEP|PATH)$")]
    private static partial Regex Set();

    [GeneratedRegex("(?<=set_output_)[0-9a-f-]{36}")]
    private static partial Regex Output();
}
