namespace Sallyport.Kernel.Tests;

/// <summary>A7: a package that is published, by the real npm, and commands that look like it.</summary>
public sealed class PublishTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string Package = """
        mkdir -p /run/lab/work/package; cd /run/lab/work/package
        echo '{"name":"CANARY","version":"1.0.0","scripts":{"publish":"true"}}' > package.json
        npm_config_registry=http://v4.test/ npm_config_cache=/run/lab/work/npm npm_config_update_notifier=false
        export npm_config_registry npm_config_cache npm_config_update_notifier
        echo '//v4.test/:_authToken=x' > .npmrc
        """;

    [Theory]
    [EveryMode]
    public async Task A_package_that_is_published_is_found(LabMode mode)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/npm"), "npm is not installed");
        var run = await Lab.RunAsync(mode, Named("npm publish --fetch-retries 0 || true"));
        Assert.True(run.Traffic.Contains(Canary), run.ToString());
        if (mode != LabMode.Off)
        {
            var row = Assert.Single(run.Report.Findings, finding => finding.Id == "package-published");
            Assert.Equal("npm publish", row.Evidence["command"]);
            Assert.EndsWith("publish --fetch-retries 0", Line(run, row), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("npm publish --dry-run")]
    [InlineData("npm pack; npm run publish; npm view publish || true; echo npm publish")]
    public async Task A_rehearsal_and_a_script_of_that_name_are_none(string script)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/npm"), "npm is not installed");
        var run = await Lab.RunAsync(LabMode.Audit, Named(script));
        Assert.True(run.Process.ExitCode == 0 && run.Report.Findings.Count == 0, run.ToString());
    }

    private LabCommand Named(string script) => Script(Package.Replace("CANARY", Canary, StringComparison.Ordinal), script) with
    {
        Allow = ["v4.test:80"],
    };
}
