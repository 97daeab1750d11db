using System.Collections.Immutable;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// The files that thieves of credentials look for. The kernel side knows them by folder and name (<c>secret_names</c>), the
/// detector by the number of their family. What is left out, and why: ADR 0034.
/// </summary>
public static class CredentialFiles
{
    internal static ImmutableArray<CredentialFamily> Families { get; } =
    [
        new("ssh", ["ssh", "scp", "sftp", "ssh-add", "ssh-keygen", "ssh-keyscan"],
            [(".ssh", "id_rsa"), (".ssh", "id_ed25519"), (".ssh", "id_ecdsa"), (".ssh", "id_dsa")]),
        new("aws", ["aws"], [(".aws", "credentials")]),
        new("gcloud", ["gcloud"],
            [("gcloud", "credentials.db"), ("gcloud", "access_tokens.db"), ("gcloud", "application_default_credentials.json")]),
        new("azure", ["az"], [(".azure", "msal_token_cache.json"), (".azure", "accessTokens.json")]),
        new("docker", ["docker", "docker-buildx", "docker-compose", "dockerd", "podman", "buildah", "skopeo"],
            [(".docker", "config.json")]),
        new("kubernetes", ["kubectl", "helm", "kind", "k3d", "minikube"], [(".kube", "config")]),
        new("npm", ["npm", "pnpm", "yarn"], [(string.Empty, ".npmrc")]),
        new("pypi", ["twine"], [(string.Empty, ".pypirc")]),
        new("git", ["git", "git-credential-store", "git-remote-http", "git-remote-https"], [(string.Empty, ".git-credentials")]),
        new("netrc", ["curl", "git-remote-http", "git-remote-https", "wget", "ftp"], [(string.Empty, ".netrc")]),
        new("github", ["gh"], [("gh", "hosts.yml")]),
        new("cargo", ["cargo"], [(".cargo", "credentials.toml"), (".cargo", "credentials")]),
        new("terraform", ["terraform", "tofu"], [(".terraform.d", "credentials.tfrc.json")]),
        new("rubygems", ["gem", "bundle"], [(".gem", "credentials")]),
        new("maven", ["mvn"], [(".m2", "settings.xml"), (".m2", "settings-security.xml")]),
        new("runner", [], [(string.Empty, ".credentials_rsaparams")]),
    ];

    /// <summary>All names.</summary>
    public static ImmutableArray<CredentialFile> All { get; } =
    [
        .. Families.SelectMany((family, at) => family.Files.Select(file => new CredentialFile(at + 1, file.Folder, file.File))),
    ];
}
