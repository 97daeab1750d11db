using Sallyport.Agent.Runner.Privileges;

namespace Sallyport.Agent.Tests.Runner;

public sealed class SudoRightsTests
{
    /// <summary>As sudo 1.9 lists it, and sudo-rs; the defaults above are no rules.</summary>
    private const string Head = """
        Matching Defaults entries for runner on vm:
            env_reset, mail_badpass, secure_path=/usr/local/sbin\:/usr/local/bin\:/usr/sbin\:/usr/bin\:/sbin\:/bin, use_pty

        User runner may run the following commands on vm:

        """;

    [Theory]
    [InlineData(nameof(SudoRules.None), "User runner is not allowed to run sudo on vm.")]
    [InlineData(nameof(SudoRules.None), "")]
    [InlineData(nameof(SudoRules.Some), Head + "    (ALL) NOPASSWD: ALL")]
    [InlineData(nameof(SudoRules.Some), Head + "    (root) NOPASSWD: /usr/bin/apt-get update, /usr/bin/env")]
    [InlineData(nameof(SudoRules.Some), Head + "    (ALL : ALL) !ALL, /usr/bin/env")]
    [InlineData(nameof(SudoRules.Some), Head + "    (root) !ALL")]
    [InlineData(nameof(SudoRules.Some), Head + "    (ALL : ALL) !ALL\n    (root) NOPASSWD: /usr/bin/env")]
    [InlineData(nameof(SudoRules.Taken), Head + "    (root) NOPASSWD: /usr/bin/env\n    (ALL : ALL) !ALL")]
    [InlineData(nameof(SudoRules.Taken), Head + "    (root) NOPASSWD: /usr/bin/env,\n        /usr/bin/apt-get\n    (ALL:ALL) !ALL\n\n")]
    public void Of_a_listing_the_last_rule_decides(string rules, string listing) =>
        Assert.Equal(Enum.Parse<SudoRules>(rules), SudoRights.RulesIn(listing));
}
