using Sallyport.Lab.Processes;

namespace Sallyport.Agent.Tests.Runs;

/// <summary>
/// agent.yml and what it names decide for root, so they count only where nobody else can have written them: `agent --check`, which the
/// service's unit calls first, says which file is not so. In a mount namespace whose /etc is empty.
/// </summary>
public sealed class MachineSettingsTests(LabFixture fixture) : RunTest(fixture)
{
    private const string Folder = "/etc/sallyport";
    private const string Whole = """
        mount -t tmpfs -o mode=755 none /etc
        mkdir -m 755 /etc/sallyport
        cd /etc/sallyport
        printf 'version: 1\npolicy: /etc/sallyport/policy.yml\nfloor: /etc/sallyport/floor.yml\n' > agent.yml
        printf 'server: { url: "https://server.example", keyFile: /etc/sallyport/api.key }\n' >> agent.yml
        for file in policy.yml floor.yml; do printf 'version: 1\nmode: block\nallow: [v4.test:80]\n' > $file; done
        echo spk_a_b > api.key
        chmod 644 *.yml
        chmod 600 api.key
        """;

    [Fact]
    public async Task What_is_roots_alone_is_taken()
    {
        var outcome = await CheckAsync(":");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Contains("block: agent.yml says so", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chown 4242 agent.yml", "agent.yml", "chown root")]
    [InlineData("chmod 664 agent.yml", "agent.yml", "chmod go-w")]
    [InlineData("chmod 646 agent.yml", "agent.yml", "chmod go-w")]
    [InlineData("mv agent.yml real.yml; ln -s real.yml agent.yml", "agent.yml", "no links")]
    [InlineData("chown 4242 .", "agent.yml", "its folder is not root's")]
    [InlineData("chmod 777 .", "agent.yml", "its folder is not root's, or others can write there")]
    [InlineData("chown 4242 policy.yml", "policy.yml", "chown root")]
    [InlineData("mv policy.yml real.yml; ln -s real.yml policy.yml", "policy.yml", "no links")]
    [InlineData("mkdir -m 777 open; mv floor.yml open; sed -i s:sallyport/floor:sallyport/open/floor: agent.yml", "open/floor.yml", "others can write there")]
    [InlineData("chmod 644 api.key", "api.key", "can be read by others than root: chmod 600")]
    [InlineData("chown 4242 api.key", "api.key", "chown root")]
    [InlineData("mv api.key real.key; ln -s real.key api.key", "api.key", "no links")]
    public async Task What_somebody_else_may_have_written_is_named_and_not_taken(string change, string file, string mend)
    {
        var outcome = await CheckAsync(change);
        Assert.True(outcome.ExitCode == 64, outcome.ToString());
        Assert.Contains($"{Folder}/{file} ", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(mend, outcome.Errors, StringComparison.Ordinal);
        Assert.Single(outcome.Errors.Trim().Split('\n'));
    }

    private async Task<ProcessOutcome> CheckAsync(string change)
    {
        using var process = Lab.Start(["unshare", "--mount", "sh", "-ec", $"{Whole}\n{change}\nexec \"$0\" agent --check", Product]);
        return await process.ExitAsync(Deadline);
    }
}
