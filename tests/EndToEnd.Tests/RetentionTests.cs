using Sallyport.EndToEnd.Tests.Machine;

namespace Sallyport.EndToEnd.Tests;

/// <summary>What jobs leave under /var/lib/sallyport is bounded by number and size; the oldest go first, and none of a job that runs.</summary>
public sealed class RetentionTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    /// <summary>Results of jobs to come, by their names: newer than all that the tests make.</summary>
    private const string Plant = """
        cd /var/lib/sallyport/jobs
        for name in 1 2 3 4; do
          mkdir 2999010${name}T000000-$name
          head -c "$1" /dev/zero > 2999010${name}T000000-$name/recording
        done
        ln -s /etc 29981231T000000-5
        """;

    private string Jobs => Path.Combine(fixture.Machine.Network.WorkFolder, "var", "jobs");

    [Theory]
    [InlineData("{ jobs: 2, megabytes: 100 }", 1000, "4 3")]
    [InlineData("{ jobs: 100, megabytes: 1 }", 480_000, "4 3")]
    public async Task The_oldest_results_go_and_those_of_a_job_that_runs_stay(string keep, int bytes, string expected)
    {
        const string Workflow = """
            name: Kept
            on: push
            jobs:
              build:
                runs-on: self-hosted
                steps:
                  - run: |
                      touch $SIGNS/ready
                      while [ ! -e $SIGNS/go ]; do sleep 0.05; done
            """;
        await using AgentProcess agent = await fixture.Machine.ServeAsync($"keep: {keep}");
        string[] before = [.. fixture.Machine.JobFolders()];
        using StartedRun started = fixture.Machine.Start(Workflow);
        await started.SignAsync("ready");
        string own = Path.GetFileName(Assert.Single(fixture.Machine.JobFolders().Except(before)));
        await fixture.Machine.ShellAsync(Plant, $"{bytes}");
        string[] left = [.. expected.Split(' ').Select(name => $"2999010{name}T000000-{name}")];
        await UntilAsync([.. left, own]);

        // It has ended: it is one of the others, and the oldest.
        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
        _ = await started.EndAsync();
        await UntilAsync(left);
        await fixture.Machine.ShellAsync("test -d /etc/sallyport; rm -r /var/lib/sallyport/jobs/2999*");
    }

    private async Task UntilAsync(string[] names)
    {
        for (int i = 0; i < 100; i++)
        {
            if (Found().SequenceEqual(names.Order(StringComparer.Ordinal)))
            {
                return;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"not as expected after 5 s: {string.Join(' ', Found())}");
    }

    private IEnumerable<string> Found() => Directory.GetFileSystemEntries(Jobs).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
