using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>images/server/Dockerfile, as its first lines say that it is used, with the server that was published.</summary>
public sealed partial class ServerImageTests(ContainerLab lab)
{
    private const string Image = "sallyport-server";
    private const string Container = "served";
    private const string Volume = "sallyport";
    private const string Address = "http://127.0.0.1:8710";

    /// <summary>SALLYPORT_SERVER names it; else what <c>eng/build --server</c> left.</summary>
    private static string Published { get; } = Path.GetDirectoryName(
        Environment.GetEnvironmentVariable("SALLYPORT_SERVER") ?? Path.Combine(LabOptions.RepositoryRoot, "out", "server", "sallyport-server"))!;

    [Fact]
    public async Task It_is_built_without_a_network_where_the_runtime_is_serves_as_a_user_of_its_own_and_stops_in_order()
    {
        string folder = lab.NewFolder();
        await PublishedAsync();
        await RuntimeImage.WriteAsync(lab.SeenHere($"{folder}/base.tar"), NativeOfServer(), lab.OutsideAsync);
        await lab.OutsideAsync("docker", "import", $"{folder}/base.tar", RuntimeImage.Name);
        File.Delete(lab.SeenHere($"{folder}/base.tar"));
        await BuildAsync(RuntimeImage.Name);
        try
        {
            await lab.OutsideAsync(
                "docker", "run", "--detach", "--name", Container, "--publish", "127.0.0.1:8710:8710", "--volume", $"{Volume}:/var/lib/sallyport-server", Image);
            await lab.OutsideAsync("sh", "-ec", $"""
                timeout 50 sh -c 'until curl -s -o /dev/null --fail {Address}/health/ready; do sleep 0.1; done' && exit
                docker logs {Container} >&2
                exit 1
                """);
            string said = await lab.OutsideAsync("sh", "-c", $"docker logs {Container} 2>&1");
            Assert.Contains("sallyport-server  http://localhost:8710/\n", said, StringComparison.Ordinal);
            await LeadsInAsync(said);

            // Another, by a command within: it opens the same data.
            await LeadsInAsync(await lab.OutsideAsync("docker", "exec", Container, "/opt/sallyport-server/sallyport-server", "admin-link"));
            string[] processes = (await lab.OutsideAsync("docker", "top", Container, "-eo", "pid,uid,gid,args")).Split('\n');
            Assert.Equal(["8710", "8710"], processes.Single(line => line.Contains("sallyport-server", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..3]);
            await lab.OutsideAsync("docker", "stop", "--time", "45", Container);
            Assert.Equal("0 false", await lab.OutsideAsync("docker", "inspect", "--format", "{{.State.ExitCode}} {{.State.OOMKilled}}", Container));
        }
        finally
        {
            await lab.OutsideAsync("sh", "-c", $"docker rm --force {Container}; docker volume rm --force {Volume}; docker rmi {Image} {RuntimeImage.Name} || true");
        }
    }

    /// <summary>The other way through the same line, as far as it goes without a network.</summary>
    [Fact]
    public async Task For_a_base_without_the_runtime_apt_is_called()
    {
        await PublishedAsync();
        Assert.Contains("apt-get: not found", await BuildAsync(BaseImage.Name, "|| true"), StringComparison.Ordinal);

        // What it would be asked for.
        string text = await File.ReadAllTextAsync(Path.Combine(LabOptions.RepositoryRoot, "images", "server", "Dockerfile"), TestContext.Current.CancellationToken);
        Assert.Contains("&& apt-get install --yes --no-install-recommends aspnetcore-runtime-10.0 ca-certificates ", text, StringComparison.Ordinal);
    }

    /// <summary><c>./test</c> publishes the server while these tests begin.</summary>
    private static async Task PublishedAsync()
    {
        for (int second = 0; second < 120 && !File.Exists(Path.Combine(Published, "sallyport-server")); second++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        }

        Assert.True(File.Exists(Path.Combine(Published, "sallyport-server")), $"there is no server in {Published}: eng/build --server");
    }

    private Task<string> BuildAsync(string image, string after = "") => lab.OutsideAsync(
        "sh", "-c",
        $"DOCKER_BUILDKIT=0 docker build -f \"$1/images/server/Dockerfile\" -t {Image} --build-arg BASE={image} \"$2\" 2>&1 {after}",
        "sh", LabOptions.RepositoryRoot, Published);

    /// <summary>The link in a text leads to the page that signs in.</summary>
    private async Task LeadsInAsync(string text)
    {
        string path = Link().Match(text).Groups[1].Value;
        Assert.True(path.Length > 0, text);
        Assert.Contains(
            "<form method=\"post\"", await lab.OutsideAsync("curl", "-sS", "--fail", $"{Address}{path}"), StringComparison.Ordinal);
    }

    private static IEnumerable<string> NativeOfServer()
    {
        string architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        return Directory.GetFiles(Path.Combine(Published, "runtimes", architecture, "native"), "*.so").Prepend(Path.Combine(Published, "sallyport-server"));
    }

    [GeneratedRegex("http://localhost:8710(/sign-in/link/[0-9A-Za-z_-]{20,})")]
    private static partial Regex Link();
}
