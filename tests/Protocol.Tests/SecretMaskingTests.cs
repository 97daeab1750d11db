using System.Diagnostics;
using Sallyport.Protocol.Recording;
using Xunit;

namespace Sallyport.Protocol.Tests;

public sealed class SecretMaskingTests
{
    private const string Canary = "Zm9vYmFyYmF6cXV4MTIz";

    [Theory]
    [InlineData("ghp_" + Canary)]
    [InlineData("echo ghs_" + Canary + " | cat")]
    [InlineData("github_pat_" + Canary + "_" + Canary)]
    [InlineData("glpat-" + Canary)]
    [InlineData("npm_" + Canary)]
    [InlineData("xoxb-12345678-" + Canary)]
    [InlineData("https://user:" + Canary + "@example.com/x.git")]
    [InlineData("https://" + Canary + "@example.com/x.git")]
    [InlineData("Authorization: Bearer " + Canary)]
    [InlineData("authorization: basic " + Canary)]
    [InlineData("PRIVATE-TOKEN: " + Canary)]
    [InlineData("--token=" + Canary)]
    [InlineData("--npm-password=" + Canary)]
    [InlineData("-p=" + Canary)]
    [InlineData("DB_PASSWORD=" + Canary)]
    [InlineData("//registry.example.com/:_authToken=" + Canary)]
    [InlineData("deploy --token " + Canary + " --force")]
    [InlineData("{\"password\":\"" + Canary + "\"}")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0." + Canary)]
    public void A_secret_of_known_shape_is_masked_wherever_it_stands(string argument)
    {
        var masked = SecretMasking.MaskArguments(["sh", "-c", argument])[2];
        Assert.DoesNotContain(Canary, masked, StringComparison.Ordinal);
        Assert.Contains(SecretMasking.Mask, masked, StringComparison.Ordinal);
    }

    [Fact]
    public void An_access_key_is_masked() =>
        Assert.Equal("***", SecretMasking.MaskText("AKIA" + "ABCDEFGHIJKLMNOP"));

    [Theory]
    [InlineData("gh", "--token", Canary)]
    [InlineData("tool", "--client-secret", Canary)]
    [InlineData("tool", "-password", Canary)]
    [InlineData("/usr/bin/sshpass", "-p", Canary)]
    [InlineData("curl", "-u", "me:" + Canary)]
    [InlineData("mysql", "-h", "-p" + Canary)]
    public void The_value_after_a_secret_option_is_masked(string program, string option, string value) =>
        Assert.DoesNotContain(Canary, string.Join(' ', SecretMasking.MaskArguments([program, option, value])), StringComparison.Ordinal);

    [Fact]
    public void A_login_masks_its_short_password_option() =>
        Assert.Equal(["docker", "login", "-p", "***"], SecretMasking.MaskArguments(["docker", "login", "-p", "hunter2"]));

    [Theory]
    [InlineData("mkdir", "-p", "src/tokens/list.txt")]
    [InlineData("docker", "run", "-p", "8080:80")]
    [InlineData("docker", "run", "-u", "1000:1000")]
    [InlineData("git", "clone", "https://github.com/example/secret-santa.git")]
    [InlineData("gcc", "-o", "tokenizer", "tokenizer.c")]
    [InlineData("curl", "https://example.com/?q=@me")]
    public void Ordinary_arguments_stay_as_they_are(params string[] arguments) =>
        Assert.Equal(arguments, SecretMasking.MaskArguments([.. arguments]));

    [Theory]
    [InlineData("eyJaaaaaaaa-")]
    [InlineData("://")]
    [InlineData("--a-")]
    [InlineData("x-token")]
    [InlineData("passw")]
    public void Text_made_to_be_slow_is_masked_in_time(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 4096 / part.Length));
        var clock = Stopwatch.StartNew();
        SecretMasking.MaskText(text);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), clock.Elapsed.ToString());
    }
}
