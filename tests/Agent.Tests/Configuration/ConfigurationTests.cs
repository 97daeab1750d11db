using System.Text;
using Sallyport.Agent.Configuration;

namespace Sallyport.Agent.Tests.Configuration;

public sealed class ConfigurationTests
{
    private static CallerEnvironment From(params string[] entries) =>
        CallerEnvironment.From([.. entries.Select(Encoding.UTF8.GetBytes)]);

    [Fact]
    public void The_caller_of_sudo_is_known_by_number()
    {
        var environment = From("SUDO_UID=1000", "SUDO_GID=1001", "TERM=xterm");
        Assert.Equal((1000u, 1001u, "xterm"), (environment.SudoUser, environment.SudoGroup, environment.TerminalKind));
    }

    [Theory]
    [InlineData("SUDO_UID=-1")]
    [InlineData("SUDO_UID=")]
    [InlineData("SUDO_UID=0x3e8")]
    [InlineData("SUDO_UID=99999999999")]
    public void A_number_that_is_none_is_no_caller(string entry) => Assert.Null(From(entry).SudoUser);

    [Theory]
    [InlineData("NO_COLOR=1", true)]
    [InlineData("NO_COLOR=", false)]
    [InlineData("NO_COLORS=1", false)]
    public void Colours_go_when_the_variable_is_set_and_not_empty(string entry, bool off) =>
        Assert.Equal(off, From(entry).NoColor);

    [Fact]
    public void Of_two_entries_with_one_name_the_first_counts() => Assert.Equal("a", From("TERM=a", "TERM=b").TerminalKind);

    [Theory]
    [InlineData("never", (int)FailOn.Never)]
    [InlineData("refused", (int)FailOn.Refused)]
    [InlineData("refused, new,finding", (int)(FailOn.Refused | FailOn.New | FailOn.Finding))]
    public void Reasons_to_fail_are_read_with_commas_between(string text, int expected)
    {
        Assert.True(FailOnReader.TryParse(text, out var value));
        Assert.Equal((FailOn)expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("never,refused")]
    [InlineData("Refused")]
    [InlineData("refused,,new")]
    public void A_reason_that_is_not_known_is_refused(string text) => Assert.False(FailOnReader.TryParse(text, out _));
}
