using System.Text;
using Sallyport.Agent.Core.GitHub.Identities;

namespace Sallyport.Agent.Core.Tests.GitHub;

public sealed class EnvironmentReaderTests
{
    [Theory]
    [InlineData("02-action-main", "__step-security_harden-runner", null)]
    [InlineData("04-run-with-id-and-env", "with_id", null)]
    [InlineData("08-composite-inner-run", "compid", "/home/runner/_work/e2e/e2e/./.github/actions/comp")]
    [InlineData("10-composite-nested-2-levels", "compid", "/home/runner/_work/e2e/e2e/./.github/actions/comp2")]
    [InlineData("14-action-post", "__step-security_harden-runner", null)]
    [InlineData("20-container-job-docker-exec-client", "__run", null)]
    public void A_step_says_who_it_is(string sample, string action, string? path)
    {
        var reading = EnvironmentReader.Read(RunnerSamples.Environment(sample), false);
        Assert.Equal((action, path), (reading.Execution.Action, reading.Execution.ActionPath));
        Assert.True(reading.SaysStep);
        Assert.Empty(reading.Conflicts);
        Assert.True(Guid.TryParse(reading.Execution.FileCommands, out _));
        Assert.StartsWith("github_", reading.Execution.TrackingId, StringComparison.Ordinal);
        Assert.Equal(("local/e2e", "Linux"), (reading.Job.Repository, reading.Job.RunnerOs));
        Assert.Equal(("https://github.com", "push"), (reading.Job.Server, reading.Job.EventName));
        Assert.NotNull(reading.Job.WorkflowRef);
    }

    [Fact]
    public void The_first_of_two_holds_as_for_getenv_and_the_conflict_is_said()
    {
        var reading = Read("GITHUB_ACTION=a\0GITHUB_ACTION=b\0GITHUB_JOB=j\0GITHUB_JOB=j\0", false);
        Assert.Equal("a", reading.Execution.Action);
        Assert.Equal(["GITHUB_ACTION"], reading.Conflicts);
        Assert.False(reading.SaysStep);
    }

    [Fact]
    public void What_is_missing_of_a_cut_environment_is_not_taken_for_nothing()
    {
        Assert.True(Read("PATH=/bin\0", false).SaysStep);
        Assert.False(Read("PATH=/bin\0GITHUB_ACTION=pub", true).SaysStep);
        Assert.Null(Read("PATH=/bin\0GITHUB_ACTION=pub", true).Execution.Action);
        Assert.True(Read("GITHUB_ACTION=publish\0PATH=/b", true).SaysStep);
        Assert.Equal("publish", Read("GITHUB_ACTION=publish", false).Execution.Action);
    }

    [Theory]
    [InlineData("ACTIONS_ID_TOKEN_REQUEST_URL=https://Run-1.actions.example/t?v=2\0", "run-1.actions.example")]
    [InlineData("ACTIONS_ID_TOKEN_REQUEST_URL=https://a.example/t\0ACTIONS_RESULTS_URL=https://b.example/\0", "a.example")]
    [InlineData("ACTIONS_RESULTS_URL=https://a.example/\0ACTIONS_ID_TOKEN_REQUEST_URL=https://a.example/t\0", null)]
    [InlineData("ACTIONS_ID_TOKEN_REQUEST_URL=https://198.51.100.1/t\0", null)]
    [InlineData("ACTIONS_ID_TOKEN_REQUEST_URL=nothing\0", null)]
    public void The_host_that_gives_out_tokens_counts_where_it_does_nothing_else(string environment, string? host) =>
        Assert.Equal(host, Read(environment, false).Execution.IdTokenHost);

    [Fact]
    public void Odd_variables_say_nothing()
    {
        var reading = Read("\0\0=x\0GITHUB_ACTION\0github_action=x\0XGITHUB_ACTION=y\0GITHUB_OUTPUT=/a/set_output_nothing\0", false);
        Assert.Equal(new ExecutionIdentity(null, null, null, null, null, null), reading.Execution);
    }

    [Fact]
    public void A_value_that_is_too_long_is_a_conflict() =>
        Assert.False(Read("GITHUB_ACTION=" + new string('a', 5000) + "\0", false).SaysStep);

    [Fact]
    public void Any_bytes_are_read()
    {
        var random = new Random(7);
        var block = RunnerSamples.Environment("04-run-with-id-and-env");
        for (var i = 0; i < 2000; i++)
        {
            block[random.Next(block.Length)] = (byte)random.Next(256);
            Assert.NotNull(EnvironmentReader.Read(block.AsSpan(random.Next(block.Length)), i % 2 == 0));
        }
    }

    private static EnvironmentReading Read(string text, bool truncated) =>
        EnvironmentReader.Read(Encoding.UTF8.GetBytes(text), truncated);
}
