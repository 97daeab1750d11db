using System.Text;
using Sallyport.Agent.Core.DockerApi;

namespace Sallyport.Agent.Core.Tests.DockerApi;

public sealed class DockerRequestTests
{
    [Theory]
    [InlineData("POST /containers/create", DockerAction.CreateContainer, "")]
    [InlineData("POST /v1.41/containers/create?name=x", DockerAction.CreateContainer, "")]
    [InlineData("POST /v1.41/containers/cr%65ate", DockerAction.CreateContainer, "")]
    [InlineData("POST /v4.0.0-rc1/libpod/containers/create", DockerAction.CreateContainer, "")]
    [InlineData("POST /v1.41/containers/db/start", DockerAction.StartContainer, "db")]
    [InlineData("POST /containers/db/restart?t=0", DockerAction.StartContainer, "db")]
    [InlineData("POST /containers/db/exec", DockerAction.CreateExec, "db")]
    [InlineData("POST /exec/abc/start", DockerAction.StartExec, "abc")]
    [InlineData("POST /exec/abc/resize?h=1", DockerAction.Other, "")]
    [InlineData("POST /containers/db/attach?stream=1", DockerAction.Attach, "db")]
    [InlineData("GET /containers/db/attach/ws", DockerAction.Attach, "db")]
    [InlineData("POST /build", DockerAction.Build, "")]
    [InlineData("POST /session", DockerAction.BuildKit, "")]
    [InlineData("POST /images/create?fromImage=alpine", DockerAction.Registry, "")]
    [InlineData("POST /images/host.example/a/b/push", DockerAction.Registry, "")]
    [InlineData("GET /images/search?term=x", DockerAction.Registry, "")]
    [InlineData("GET /distribution/alpine/json", DockerAction.Registry, "")]
    [InlineData("POST /images/load", DockerAction.Other, "")]
    [InlineData("POST /images/a/b/tag?repo=c", DockerAction.Other, "")]
    [InlineData("POST /networks/create", DockerAction.Other, "")]
    [InlineData("PUT /containers/db/archive", DockerAction.CopyFiles, "db")]
    [InlineData("GET /v1.41/containers/db/%61rchive?path=/x", DockerAction.CopyFiles, "db")]
    [InlineData("HEAD /libpod/containers/db/archive", DockerAction.CopyFiles, "db")]
    [InlineData("POST /containers/db/copy", DockerAction.CopyFiles, "db")]
    [InlineData("POST /libpod/containers/db/update?restartPolicy=no", DockerAction.UpdateContainer, "db")]
    [InlineData("PUT /volumes/x", DockerAction.Other, "")]
    [InlineData("GET /containers/create", DockerAction.Other, "")]
    [InlineData("DELETE /containers/db", DockerAction.Other, "")]
    [InlineData("POST /swarm/init", DockerAction.Untold, "")]
    [InlineData("POST /services/create", DockerAction.Untold, "")]
    [InlineData("POST /plugins/x/enable", DockerAction.Untold, "")]
    [InlineData("POST /libpod/play/kube", DockerAction.Untold, "")]
    [InlineData("POST /containers/db/restore", DockerAction.Untold, "")]
    [InlineData("POST /of/a/later/version", DockerAction.Untold, "")]
    [InlineData("PUT /of/a/later/version", DockerAction.Untold, "")]
    public void A_request_means(string line, DockerAction action, string reference)
    {
        Assert.True(HttpRequestHead.TryRead(Encoding.ASCII.GetBytes($"{line} HTTP/1.1\r\n\r\n"), out var head, out _));
        Assert.Equal(new DockerRequest(action, reference), DockerRequest.Of(head!));
    }

    [Theory]
    [InlineData("POST /grpc", true)]
    [InlineData("POST /v1.41/grpc", true)]
    [InlineData("POST /session", false)]
    public void On_one_of_BuildKits_connections_a_client_asks_and_on_the_other_it_is_asked(string line, bool asks)
    {
        Assert.True(HttpRequestHead.TryRead(Encoding.ASCII.GetBytes($"{line} HTTP/1.1\r\n\r\n"), out var head, out _));
        var request = DockerRequest.Of(head!);
        Assert.Equal((DockerAction.BuildKit, asks), (request.Action, request.AsksBuildKit));
    }

    private const string Tar = "Content-Type: application/x-tar\r\n";

    [Theory]
    [InlineData("version=2", Tar, DockerAction.BuildByBuildKit)]
    [InlineData("buildargs=%7B%7D&t=a%3Ab&version=2&session=x", Tar, DockerAction.BuildByBuildKit)]
    [InlineData("t=a", Tar, DockerAction.Build)]
    [InlineData("version=1", Tar, DockerAction.Build)]
    [InlineData("version=2&version=1", Tar, DockerAction.Build)]
    [InlineData("%76ersion=1&version=2", Tar, DockerAction.Build)]
    [InlineData("version=2;t=a", Tar, DockerAction.Build)]
    [InlineData("version=%32", Tar, DockerAction.Build)]
    [InlineData("version&version=2", Tar, DockerAction.Build)]
    [InlineData("version=2", "", DockerAction.Build)]
    [InlineData("version=2", "Content-Type: application/x-www-form-urlencoded\r\n", DockerAction.Build)]
    [InlineData("version=2", Tar + "Content-Type: application/x-www-form-urlencoded\r\n", DockerAction.Build)]
    public void A_build_is_BuildKits_where_nobody_can_read_it_otherwise(string query, string fields, DockerAction action)
    {
        Assert.True(HttpRequestHead.TryRead(Encoding.ASCII.GetBytes($"POST /v1.41/build?{query} HTTP/1.1\r\n{fields}\r\n"), out var head, out _));
        Assert.Equal(action, DockerRequest.Of(head!).Action);
    }

    [Theory]
    [InlineData("version=2&t=a%3Ab", "a:b")]
    [InlineData("t=ghcr.io%2Fa%2Fb%3A1&t=c&version=2", "ghcr.io/a/b:1")]
    [InlineData("version=2", null)]
    [InlineData("version=2&t=", null)]
    [InlineData("version=2&tag=a", null)]
    [InlineData("version=2&t=a%1b%5B31m", null)]
    [InlineData("version=2&t=a%20b", null)]
    [InlineData("version=2&t=%E4", null)]
    [InlineData("t=a", null)]
    public void A_build_by_BuildKit_says_what_the_image_is_to_be_called(string query, string? tag)
    {
        Assert.True(HttpRequestHead.TryRead(Encoding.ASCII.GetBytes($"POST /v1.41/build?{query} HTTP/1.1\r\n{Tar}\r\n"), out var head, out _));
        Assert.Equal(tag, DockerRequest.Of(head!).Tag);
    }

    [Theory]
    [InlineData("""{"Platform":{"Name":""},"Components":[{"Name":"Engine","Details":{"Os":"linux"}},{"Name":"containerd"}],"Version":"20.10.24"}""", true)]
    [InlineData("""{"Platform":{"Name":"linux"},"Components":[{"Name":"Podman Engine","Details":{"Name":"Engine"}}],"Version":"4.3.1"}""", false)]
    [InlineData("""{"Components":[],"Name":"Engine"}""", false)]
    [InlineData("""{"Components":[{"Name":"Engine"}""", false)]
    [InlineData("[]", false)]
    [InlineData("", false)]
    public void A_version_is_of_Dockers_engine(string json, bool isIt) => Assert.Equal(isIt, DockerText.IsEngine(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("{\"Id\":\"abc\",\"Warnings\":[]}", "abc")]
    [InlineData("{\"Warnings\":[{\"Id\":\"no\"}],\"Id\":\"abc\"}", "abc")]
    [InlineData("{\"Id\":5}", null)]
    [InlineData("{\"id\":\"abc\"}", null)]
    [InlineData("{\"Id\":\"ab", null)]
    [InlineData("[]", null)]
    [InlineData("", null)]
    public void A_reply_names(string json, string? id) =>
        Assert.Equal(id, DockerText.TryReadText(Encoding.UTF8.GetBytes(json), "Id"u8));

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", true)]
    [InlineData("0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", false)]
    [InlineData("0123", false)]
    [InlineData(null, false)]
    public void An_id_has_64_digits(string? text, bool isId) => Assert.Equal(isId, DockerText.IsId(text));
}
