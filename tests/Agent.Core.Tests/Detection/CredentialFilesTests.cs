using Sallyport.Agent.Core.Detection;

namespace Sallyport.Agent.Core.Tests.Detection;

/// <summary>Which files count for <c>credentials-swept</c>, by the name and the folder that the kernel side compares (ADR 0034).</summary>
public sealed class CredentialFilesTests
{
    [Theory]
    [InlineData("ssh", ".ssh/id_rsa", ".ssh/id_ed25519", ".ssh/id_ecdsa", ".ssh/id_dsa")]
    [InlineData("aws", ".aws/credentials")]
    [InlineData("gcloud", "gcloud/credentials.db", "gcloud/access_tokens.db", "gcloud/application_default_credentials.json")]
    [InlineData("azure", ".azure/msal_token_cache.json", ".azure/accessTokens.json")]
    [InlineData("docker", ".docker/config.json")]
    [InlineData("kubernetes", ".kube/config")]
    [InlineData("npm", "any/.npmrc")]
    [InlineData("pypi", "any/.pypirc")]
    [InlineData("git", "any/.git-credentials")]
    [InlineData("netrc", "any/.netrc")]
    [InlineData("github", "gh/hosts.yml")]
    [InlineData("cargo", ".cargo/credentials.toml", ".cargo/credentials")]
    [InlineData("terraform", ".terraform.d/credentials.tfrc.json")]
    [InlineData("rubygems", ".gem/credentials")]
    [InlineData("maven", ".m2/settings.xml", ".m2/settings-security.xml")]
    [InlineData("runner", "actions-runner/.credentials_rsaparams")]
    public void A_family_is_its_files_and_no_others(string family, params string[] files)
    {
        Assert.All(files, file => Assert.Equal(family, FamilyOf(file)));
        Assert.Equal(files.Length, CredentialFiles.All.Count(file => CredentialFiles.Families[file.Family - 1].Name == family));
    }

    /// <summary>What honest builds read beside credentials of another kind, or by names that nobody knows before.</summary>
    [Theory]
    [InlineData(".git/config")]
    [InlineData("project/.env")]
    [InlineData("_temp/0f9a1c9e-4cf6-4d7b-9b8b-0a3c9bd0a8b1.sh")]
    [InlineData("_runner_file_commands/set_env_0f9a1c9e-4cf6-4d7b-9b8b-0a3c9bd0a8b1")]
    [InlineData(".ssh/id_rsa.pub")]
    [InlineData(".ssh/known_hosts")]
    [InlineData("backup/id_rsa")]
    [InlineData("project/config.json")]
    public void What_is_left_out_counts_for_none(string file) => Assert.Null(FamilyOf(file));

    [Fact]
    public void Every_family_is_in_this_table() => Assert.Equal(
        16, CredentialFiles.Families.Select(family => family.Name).Distinct().Count());

    private static string? FamilyOf(string path)
    {
        var (folder, name) = (path.Split('/')[^2], path.Split('/')[^1]);
        return CredentialFiles.All.FirstOrDefault(file => file.File == name && (file.Folder.Length == 0 || file.Folder == folder)) is { } found
            ? CredentialFiles.Families[found.Family - 1].Name : null;
    }
}
