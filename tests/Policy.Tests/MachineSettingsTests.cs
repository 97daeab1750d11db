using System.Text;
using Sallyport.Policy.Machine;
using Sallyport.Policy.Reading;

namespace Sallyport.Policy.Tests;

public sealed class MachineSettingsTests
{
    [Fact]
    public void A_whole_file_is_read()
    {
        MachineSettings settings = Read("""
            version: 1
            scope: machine
            policy: /etc/sallyport/policy.yml
            floor: /etc/sallyport/floor.yml
            policyActions: [example/action]
            runner: { allow: [ghe.example.com:443] }
            unprotected: warn
            sudo: bounded
            keep: { jobs: 7, megabytes: 8 }
            server: { url: "https://sallyport.example.com:8443/x", keyFile: /etc/sallyport/api.key, proxy: "http://proxy.example.com:3128",
              denyListKey: "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
              overrideKey: "ed25519:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" }
            cgroupRoot: /sys/fs/cgroup/test
            """).Settings!;
        Assert.Equal(JobScope.Machine, settings.Scope);
        Assert.Equal(("/etc/sallyport/policy.yml", "/etc/sallyport/floor.yml"), (settings.Policy, settings.Floor));
        Assert.Equal(["example/action"], settings.PolicyActions);
        Assert.Equal("ghe.example.com:443", Assert.Single(settings.RunnerAllow).Endpoint.Text);
        Assert.False(settings.StopsUnprotected);
        Assert.True(settings.BoundsSudo);
        Assert.Equal("https://sallyport.example.com:8443/x", settings.Server!.ToString());
        Assert.Equal(("/etc/sallyport/api.key", "http://proxy.example.com:3128"), (settings.ServerKeyFile, settings.ServerProxy));
        Assert.Equal("ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", settings.ServerDenyListKey);
        Assert.Equal("ed25519:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", settings.ServerOverrideKey);
        Assert.Equal((7, 8, "/sys/fs/cgroup/test"), (settings.KeepJobs, settings.KeepMegabytes, settings.CgroupRoot));
    }

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        MachineSettings settings = Read("version: 1").Settings!;
        Assert.Equal(MachineSettings.Default, settings with { PolicyActions = MachineSettings.Default.PolicyActions });
        Assert.True(settings.StopsUnprotected);
    }

    [Fact]
    public void All_mistakes_are_said_with_their_places()
    {
        MachineSettingsReading reading = Read("""
            scope: everything
            policy: relative.yml
            policyActions: [noslash, owner/repo@v1]
            keep: { jobs: 0, megabytes: many, more: 1 }
            unprotected: perhaps
            runner: { allow: ["bad host"] }
            flor: /x
            """);
        Assert.Null(reading.Settings);
        Assert.Equal([1, 1, 2, 3, 3, 4, 4, 4, 5, 6, 7], reading.Mistakes.Select(mistake => mistake.Line).Order());
        Assert.Contains(reading.Mistakes, mistake => mistake.What.Contains("did you mean floor", StringComparison.Ordinal));
        Assert.Contains(reading.Mistakes, mistake => mistake.Accepted.Contains("job | machine", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ url: \"http://sallyport.example.com\", keyFile: /k }")]
    [InlineData("{ url: \"https://user@sallyport.example.com\", keyFile: /k }")]
    [InlineData("{ url: \"https://sallyport.example.com\" }")]
    [InlineData("{ keyFile: /k }")]
    [InlineData("{ url: \"https://s.example\", keyFile: key }")]
    [InlineData("{ url: \"https://s.example\", keyFile: /k, proxy: here }")]
    [InlineData("{ url: \"https://s.example\", keyFile: /k, api-key-file: /k }")]
    public void A_server_has_an_address_with_TLS_and_a_key(string server) =>
        Assert.Single(Read($"version: 1\nserver: {server}\n").Mistakes);

    [Theory]
    [InlineData("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")]
    [InlineData("ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUQ==")]
    [InlineData("ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURp=")]
    [InlineData("ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURoAAAA=")]
    [InlineData("ed25519: 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")]
    [InlineData("rsa:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")]
    public void A_key_of_an_owner_is_32_bytes_and_the_mistake_says_what_is_accepted(string key)
    {
        foreach (string name in (string[])["denyListKey", "overrideKey"])
        {
            PolicyMistake mistake = Assert.Single(
                Read($"version: 1\nserver: {{ url: \"https://s.example\", keyFile: /k, {name}: \"{key}\" }}\n").Mistakes);
            Assert.Equal((PublicKeyText.Accepted, $"{name} is no key"), (mistake.Accepted, mistake.What));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1, 2]")]
    [InlineData("version: 2")]
    [InlineData("version: 1\nscope: [job]")]
    public void What_is_no_such_file_is_a_mistake_and_never_an_empty_one(string yaml) => Assert.Null(Read(yaml).Settings);

    private static MachineSettingsReading Read(string yaml) =>
        MachineSettingsReader.Read("agent.yml", Encoding.UTF8.GetBytes(yaml));
}
