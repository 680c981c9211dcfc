namespace Nacelle.Kubeconfigs;

/// <summary>
/// A user's own kubeconfig. Ours goes in as kind does it: context "nacelle" is added and made current; taking it out gives back the
/// context that was current before, which is kept in <paramref name="previousContextPath"/> meanwhile.
/// </summary>
internal sealed class KubeconfigFile(string path, string previousContextPath)
{
    /// <exception cref="FormatException">The file is not a kubeconfig; it is left as it is.</exception>
    public void Merge(KubeconfigDocument nacelle)
    {
        var document = Read() ?? KubeconfigDocument.Empty();
        if (document.CurrentContext is { } previous && previous != KubeconfigDocument.EntryName)
        {
            File.WriteAllText(previousContextPath, previous + "\n");
        }

        document.Merge(nacelle);
        document.CurrentContext = KubeconfigDocument.EntryName;
        Write(document);
    }

    /// <summary>Does nothing where there is no file or no entry of ours.</summary>
    public void Remove()
    {
        if (Read() is not { } document)
        {
            return;
        }

        var wasCurrent = document.CurrentContext == KubeconfigDocument.EntryName;
        document.RemoveNacelle();
        if (wasCurrent)
        {
            var previous = File.Exists(previousContextPath) ? File.ReadAllText(previousContextPath).Trim() : "";
            document.CurrentContext = document.HasContext(previous) ? previous : null;
        }

        Write(document);
        File.Delete(previousContextPath);
    }

    private KubeconfigDocument? Read() => File.Exists(path) ? KubeconfigDocument.Parse(File.ReadAllText(path)) : null;

    private void Write(KubeconfigDocument document)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } directory)
        {
            Directory.CreateDirectory(directory);
        }

        // Many keep the file in a repository of settings and link to it: the link stays, its target changes.
        var target = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
        Pki.CertificateFiles.WriteSecret(target, document.ToYaml());
    }
}
